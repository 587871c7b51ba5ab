// SPDX-License-Identifier: Apache-2.0
// The decoder against a simple one on events with mistakes in them: same values, or a problem of the same
// kind.
#include <gtest/gtest.h>

#include <chrono>
#include <sstream>

#include "compiler/compiler.h"
#include "tests/differential/all_engines.h"
#include "tests/support/paths.h"
#include "tests/support/reference_decoder.h"

namespace stoop::tests {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> seeds() {
    std::vector<std::string> out = {
        R"({"proc":{"name":"sh","pid":3},"evt":{"type":"open","arg":{"flags":"O_RDWR"}},"proc.name":"ls"})",
        R"({"evt.type":"execve","evt.type":7,"evt.type":"open","fd.net":["10.0.0.1","::1"],"proc.aname":["a",null]})",
        R"({"evt.buffer":{"hex":"7f45"},"evt.rawres":-9223372036854775808,"evt.rawtime":18446744073709551615})",
        R"({"proc.name":"\u00e9\ud83d\ude00\n\u0000x","proc.pid":9007199254740993,"evt.args":""})",
        R"({"rule":"r","time":"2024-10-05T13:00:46.9Z","source":"syscall","hostname":"h","output_fields":{"proc.name":"3","fd.snet":"<IPNET>","own":[1e5]}})",
        "\xEF\xBB\xBF{\"proc.duration\":1e3,\"evt.latency\":1.0}",
        R"({"log":"{\"evt.type\":\"open\",\"proc.name\":\"\\u00e9\"}\n","stream":"stdout","container.id":"x"})",
        R"({"_source":{"event":{"proc":{"name":"sh"}},"message":"{\"evt.type\":\"open\"}"}})",
        R"({"a":1,"data":{"payload":{"body":{"evt.type":"open"}}}})",
        R"(2024-10-05T13:00:46.9Z stdout F {"log":"{\"fd.num\":3}","evt":{"source":"web"}})",
        R"({"log":"2024-10-05T13:00:46.9+02:00 stderr F:x {\"user.uid\":0}"})",
    };
    auto add = [&](const std::string& text) {
        std::istringstream lines(text);
        for (std::string line; std::getline(lines, line);) out.push_back(line);
    };
    for (const auto& entry : fs::recursive_directory_iterator(source_dir() / "fixtures"))
        if (entry.path().extension() == ".jsonl" || entry.path().extension() == ".log")
            add(read_file(entry.path()));
        else if (entry.path().extension() == ".json")
            out.push_back(read_file(entry.path()));
    std::istringstream recorded(read_file(source_dir() / "tests/data/verdicts/events.jsonl"));
    for (std::string line; out.size() < 200 && std::getline(recorded, line);) out.push_back(line);
    return out;
}

class Mutator {
  public:
    Mutator(std::vector<std::string> seeds, uint64_t seed) : seeds_(std::move(seeds)), random_(seed) {}

    std::string next() {
        std::string text = seeds_[below(seeds_.size())];
        for (size_t i = below(4); i > 0 && !text.empty(); --i) change(text);
        return text;
    }

  private:
    size_t below(size_t n) { return random_() % n; }

    // The token (or what looks like one) around a random place.
    std::pair<size_t, size_t> piece(const std::string& text) {
        size_t at = below(text.size());
        size_t begin = text.find_last_of(",{[:", at), end = text.find_first_of(",}]", at);
        begin = begin == text.npos ? 0 : begin + 1;
        return {begin, std::max(begin, std::min(end, text.size()))};
    }

    void change(std::string& text) {
        static const std::vector<std::string> kPieces = {
            "null",
            "true",
            "fals",
            "nul",
            "-0",
            "01",
            "1.",
            "1e999",
            "-1e-999",
            "18446744073709551616",
            "-9223372036854775809",
            "123456789012345678901234567890",
            "0.5E+3",
            "\"\"",
            "\"\\u12\"",
            "\"\\ud800\"",
            "\"\\udc00\"",
            "\"\\ud83d\\ude00\"",
            "\"\\u0000\"",
            "\"\\q\"",
            "\"\\\\\"",
            "{}",
            "[]",
            "[[]]",
            "{\"hex\":\"0g\"}",
            "{\"hex\":\"00\",\"hex\":\"7f\"}",
            "\"10.0.0.1\"",
            "\"ffff\"",
            "\"0755\"",
            "\xC0\x80",
            "\xED\xA0\x80",
            "\xF4\x90\x80\x80",
            "\"\xC3\xA9\"",
            " ",
            "\t",
            "\x01",
            "\x0c",
            "\"proc\":{\"name\":1}",
            "\"evt\":{\"type\":\"open\"}",
            "\"proc.na\\u006de\":\"x\"",
            "\"evt.type\":\"execve\"",
            "\"proc.nmae\":1",
            "\"evt.args\":\"\"",
            "[1,2]",
            "\"a\"\"b\"",
            "1\"b\"",
            "\"a\"b",
            "\"rule\":1,\"time\":2,\"output_fields\":{}",
        };
        auto [begin, end] = piece(text);
        switch (below(7)) {
            case 0: text[below(text.size())] = static_cast<char>(below(256)); break;
            case 1: text.erase(below(text.size()), 1 + below(3)); break;
            case 2: text.insert(below(text.size()), kPieces[below(kPieces.size())]); break;
            case 3: text.replace(begin, end - begin, kPieces[below(kPieces.size())]); break;
            case 4: {  // somewhere else
                std::string copy = text.substr(begin, end - begin);
                auto [other, other_end] = piece(text);
                text.replace(other, other_end - other, copy);
                break;
            }
            case 5: {  // once more
                std::string copy = text.substr(begin, end - begin);
                text.insert(begin, copy + ",");
                break;
            }
            default: text.resize(below(text.size())); break;
        }
    }

    std::vector<std::string> seeds_;
    std::mt19937_64 random_;
};

bool same(const Value& a, const Value& b, const Slot& slot, bool item = false) {
    if (a.state != b.state || a.derived != b.derived || a.partial != b.partial) return false;
    if (!a.present()) return true;
    if (slot.holds_list() && !item)
        return std::equal(a.list().begin(), a.list().end(), b.list().begin(), b.list().end(),
                          [&](const Value& x, const Value& y) { return same(x, y, slot, true); });
    switch (type_class(slot.type)) {
        case TypeClass::Boolean:
        case TypeClass::Signed:
        case TypeClass::Unsigned: return a.u == b.u;
        case TypeClass::Double: return a.d == b.d;
        default: return a.text() == b.text();
    }
}

// Rules that read fields of all kinds.
std::unique_ptr<Compilation> all_kinds() {
    std::vector<RuleSource> conditions;
    for (const char* field : {"evt.type",
                              "evt.rawres",
                              "evt.rawtime",
                              "evt.time",
                              "evt.buffer",
                              "evt.res",
                              "evt.failed",
                              "evt.dir",
                              "evt.is_open_write",
                              "evt.arg.flags",
                              "evt.rawarg.mode",
                              "evt.source",
                              "evt.hostname",
                              "proc.name",
                              "proc.pid",
                              "proc.pname",
                              "proc.aname",
                              "proc.aname[2]",
                              "proc.args",
                              "proc.duration",
                              "proc.is_exe_from_memfd",
                              "fd.net",
                              "fd.ip",
                              "fd.port",
                              "fd.cip",
                              "fd.sport",
                              "fd.snet",
                              "fd.num",
                              "fd.directory",
                              "evt.num",
                              "user.uid",
                              "user.name",
                              "container.id",
                              "container.privileged",
                              "evt.type.is.open",
                              "evt.args",
                              "evt.latency"})
        conditions.push_back({field, std::string(field) + " exists"});
    return compile_conditions(std::move(conditions), Schemas());
}

class DecoderFuzz : public testing::TestWithParam<Check> {};

TEST_P(DecoderFuzz, AgreesWithTheReference) {
    auto compilation = all_kinds();
    ASSERT_EQ(compilation->diagnostics.errors(), 0u);
    const PreparedProgram& program = *compilation->program;
    EventDecoder decoder(syscall_schema(), program, GetParam());
    ReferenceDecoder reference(syscall_schema(), program, GetParam());
    uint64_t first = seed();
    std::printf("seed %llu\n", static_cast<unsigned long long>(first));
    const char* given = getenv("STOOP_FUZZ_SECONDS");
    std::chrono::duration<double> limit(given ? std::atof(given) : 2);
    Mutator mutator(seeds(), first);
    size_t tried = 0, good = 0;
    Event event, wanted;
    event.number = wanted.number = 7;
    for (auto start = std::chrono::steady_clock::now(); std::chrono::steady_clock::now() - start < limit;
         ++tried) {
        std::string text = mutator.next();
        // In a block of its own, so that nothing is read beyond it unnoticed.
        std::vector<char> exact(text.begin(), text.end());
        auto problem = decoder.decode_in_place({exact.data(), exact.size()}, event);
        auto expected = reference.decode(text, wanted);
        ASSERT_EQ(problem.has_value(), expected.has_value()) << text << "\n"
                                                             << (problem ? problem->message : "");
        if (problem) {
            ASSERT_EQ(problem->kind, *expected) << text << "\n" << problem->message;
            ASSERT_LE(problem->begin, text.size()) << text << "\n" << problem->message;
            continue;
        }
        ++good;
        ASSERT_EQ(event.source, wanted.source) << text;
        ASSERT_EQ(event.type, wanted.type) << text;
        ASSERT_EQ(event.values.size(), wanted.values.size());
        for (size_t i = 0; i < program.slots.size(); ++i)
            ASSERT_TRUE(same(event.values[i], wanted.values[i], program.slots[i]))
                << program.slots[i].spelling << "\n"
                << text;
    }
    EXPECT_GT(good, tried / 20);
    EXPECT_LT(good, tried);
    std::printf("%zu events, %zu of them good\n", tried, good);
}

INSTANTIATE_TEST_SUITE_P(Checks, DecoderFuzz, testing::Values(Check::AllFields, Check::AskedFields),
                         [](const auto& info) {
                             return info.param == Check::AllFields ? "AllFields" : "AskedFields";
                         });

}  // namespace
}  // namespace stoop::tests
