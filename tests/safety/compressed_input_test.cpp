// SPDX-License-Identifier: Apache-2.0
// Events that were compressed by the usual tools, at every level, in one piece or several, from files and
// pipes: every command reads all of them.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/support/paths.h"
#include "tests/support/process.h"

namespace stoop::tests {
namespace {

class CompressedInput : public testing::Test {
  protected:
    CompressedInput() {
        std::string data = (source_dir() / "tests/data/verdicts").string();
        // So many that the text does not fit the buffers, and no block of a compressed file either.
        Outcome made =
            folder_.run("for i in 1 2 3; do cat " + data + "/events.jsonl; done > plain.jsonl; cp " + data +
                        "/rules.yaml .; wc -l < plain.jsonl");
        count_ = std::stoul(made.out);
        plain_ = run("plain.jsonl");
        EXPECT_GT(plain_.size(), 1000u);
    }

    Outcome stoop(const std::string& arguments) const { return folder_.run("stoop " + arguments); }
    std::string run(const std::string& file) const {
        Outcome out =
            stoop("run -q --rule-matching all --engine reference -o verdicts -r rules.yaml " + file);
        EXPECT_EQ(out.exit, 0) << file << ": " << out.err;
        return out.out;
    }
    // `make` writes the compressed form of $1, a file, to its output.
    void make(const std::string& make, const std::string& file) const {
        Outcome out = folder_.run("compress() { " + make + "; }; compress plain.jsonl > " + file);
        ASSERT_EQ(out.exit, 0) << make << ": " << out.err;
    }
    void expect_all(const std::string& file) const {
        EXPECT_EQ(run(file), plain_) << file;
        EXPECT_EQ(run("- < " + file), plain_) << file << ", redirected";
        Outcome piped =
            folder_.run("cat " + file + " | stoop run -q --rule-matching all --engine reference " +
                        "-o verdicts -r rules.yaml -j 2");
        EXPECT_EQ(piped.exit, 0) << piped.err;
        EXPECT_EQ(piped.out, plain_) << file << ", from a pipe";
    }

    WorkFolder folder_;
    size_t count_ = 0;
    std::string plain_;
};

TEST_F(CompressedInput, EveryLevelOfGzip) {
    for (int level = 1; level <= 9; ++level) {
        make(fmt::format("gzip -{} < $1", level), "events.gz");
        expect_all("events.gz");
    }
}

TEST_F(CompressedInput, EveryLevelOfZstd) {
    std::vector<std::string> levels = {"--fast=100",  "--fast=5",   "--fast=1",  "--ultra -20", "--ultra -21",
                                       "--ultra -22", "--no-check", "--long=27", "-T2 -B65536"};
    for (int level = 1; level <= 19; ++level) levels.push_back(fmt::format("-{}", level));
    for (const std::string& level : levels) {
        make("zstd -q -c " + level + " $1", "events.zst");
        expect_all("events.zst");
    }
}

TEST_F(CompressedInput, SeveralMembersAndFrames) {
    const std::pair<const char*, const char*> forms[] = {
        {"members.gz", "split -n 5 --filter='gzip -c' $1"},
        {"frames.zst", "split -n 5 --filter='zstd -q -c' $1"},
        {"empty-members.gz", "gzip -c </dev/null; gzip -c $1; gzip -c </dev/null"},
        {"empty-frames.zst", "zstd -q -c </dev/null; zstd -q -c $1; zstd -q -c </dev/null"},
        {"a-frame-a-line.zst", "split -l 1 --filter='zstd -q -c' $1"},
        {"padded.gz", "gzip -c $1; head -c 1000 /dev/zero"},
        // Frames that hold no text, before, between and behind the others.
        {"skipped.zst",
         "s() { printf '\\052\\115\\030\\003\\000\\000\\000abc'; }; printf '\\120'; s; zstd -q -c $1; printf "
         "'\\137'; s"},
        {"sized.zst", "zstd -q -c --stream-size=$(stat -c %s $1) < $1"},
    };
    for (const auto& [file, how] : forms) {
        make(how, file);
        expect_all(file);
    }
}

// A byte at a time.
TEST_F(CompressedInput, ThroughANarrowPipe) {
    for (const char* tool : {"gzip", "zstd -q"}) {
        Outcome out = folder_.run(std::string("head -n 40 plain.jsonl > few.jsonl; ") + tool +
                                  " -c few.jsonl | dd bs=1 status=none | stoop run -q --rule-matching all "
                                  "-o verdicts -r rules.yaml");
        EXPECT_EQ(out.exit, 0) << out.err;
        EXPECT_EQ(out.out, run("few.jsonl")) << tool;
    }
}

TEST_F(CompressedInput, EveryCommandReadsIt) {
    make("gzip -c $1", "events.jsonl.gz");
    make("split -n 3 --filter='zstd -q -c' $1", "events.jsonl.zst");
    const std::string explain =
        "explain -r rules.yaml --why-not \"$(stoop list rules -r rules.yaml -o json | "
        "sed -n 's/.*\"name\": \"\\(.*\\)\",/\\1/p' | head -n 1)\" ";
    std::string explained = stoop(explain + "- < plain.jsonl").out;
    EXPECT_NE(explained.find(fmt::format("{} events", count_)), std::string::npos) << explained;
    for (std::string file : {"events.jsonl.gz", "events.jsonl.zst"}) {
        EXPECT_EQ(stoop(explain + "- < " + file).out, explained);
        Outcome bench = stoop("bench -o json --engine reference --repetitions 3 -r rules.yaml " + file);
        EXPECT_NE(bench.out.find(fmt::format("\"events\":{},", count_)), std::string::npos) << bench.err;
        Outcome eval = folder_.run("stoop eval 'evt.type exists' " + file + " | wc -l");
        EXPECT_EQ(std::stoul(eval.out), count_) << eval.err;
        // The last event is there, and there is none behind it.
        for (size_t last : {count_, count_ + 1}) {
            write_file(folder_.path() / "all_test.yaml",
                       fmt::format("rules: [rules.yaml]\nevents: {}\ntests:\n  - name: the last one\n"
                                   "    from: {}\n    unexpected: ignore\n    expect: []\n",
                                   file, last));
            Outcome tested = stoop("test all_test.yaml");
            EXPECT_EQ(tested.exit, last == count_ ? 0 : 2) << tested.out << tested.err;
        }
    }
}

TEST_F(CompressedInput, WhatIsCutOffIsSaidToBe) {
    for (const char* tool : {"gzip", "zstd -q"}) {
        for (const char* cut : {"head -c -1", "head -c 1000", "head -c 5"}) {
            make(std::string(tool) + " -c $1 | " + cut, "cut");
            Outcome out = stoop("run -q -r rules.yaml cut");
            EXPECT_EQ(out.exit, 3) << tool << " " << cut;
            EXPECT_NE(out.err.find("data is truncated"), std::string::npos) << out.err;
        }
    }
}

}  // namespace
}  // namespace stoop::tests
