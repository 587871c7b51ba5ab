// SPDX-License-Identifier: Apache-2.0
// A stranger's repository whose test files name what lies outside it: nothing there is read, written or
// shown, in whatever form results are reported.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/support/paths.h"
#include "tests/support/process.h"

namespace stoop::tests {
namespace {

namespace fs = std::filesystem;

const std::string kSecret = "5ec7e7";
const std::string kRule =
    "- {rule: r, desc: d, condition: evt.type = open, output: o %fd.name, priority: INFO}\n";
const std::string kTests = "tests:\n  - {name: n, events: [{evt.type: open}], expect: [r]}\n";

class StrangersRepository : public testing::Test {
  protected:
    StrangersRepository() : repository_(folder_.path() / "repository"), outside_(folder_.path() / "outside") {
        fs::create_directories(repository_ / ".git");
        write(".git/config", "[http]\n\textraheader = " + kSecret + "\n");
        write(".git/secret.yaml", "- " + kSecret + "\n");
        write("a.yaml", kRule);
        write("events.jsonl", "{\"evt.type\": \"open\"}\n");
        write_file(outside_ / "secret.yaml",
                   kRule + "- macro: " + kSecret + "\n  condition: " + kSecret + "\n");
        write_file(outside_ / "events.jsonl", "{\"evt.type\": \"open\", \"fd.name\": \"" + kSecret + "\"}\n");
        write_file(outside_ / "secret", kSecret + "\n");
        write_file(outside_ / "outside_test.yaml", "rules: [secret.yaml]\n" + kTests);
        fs::create_symlink(outside_ / "secret.yaml", repository_ / "link.yaml");
        fs::create_symlink("link.yaml", repository_ / "link_to_link.yaml");
        fs::create_symlink("../outside", repository_ / "folder");
        fs::create_symlink(outside_ / "events.jsonl", repository_ / "link.jsonl");
        fs::create_symlink("/proc/self/environ", repository_ / "environ.yaml");
        fs::create_symlink(".git/secret.yaml", repository_ / "git.yaml");
        fs::create_symlink("/dev/zero", repository_ / "zero.jsonl");
        fs::create_symlink(outside_ / "nothing", repository_ / "dangling.yaml");
        fs::create_hard_link(outside_ / "secret.yaml", repository_ / "hard.yaml");
        fs::create_hard_link(outside_ / "events.jsonl", repository_ / "hard.jsonl");
        mkfifo((repository_ / "fifo.yaml").c_str(), 0600);
        make_socket(repository_ / "socket.yaml");
        fs::create_directory(repository_ / "folder.yaml");
        // Another repository's own data, under a name of its own.
        for (const char* part : {"objects", "refs"}) fs::create_directories(repository_ / "bare" / part);
        write("bare/HEAD", "ref: refs/heads/main\n");
        write("bare/secret.yaml", "- " + kSecret + "\n");
        fs::create_directories(repository_ / "submodule");
        write("submodule/.git", "gitdir: " + kSecret + "\n");
    }

    void write(const std::string& name, const std::string& text) const {
        write_file(repository_ / name, text);
    }
    static void make_socket(const fs::path& path) {
        sockaddr_un address{AF_UNIX, {}};
        path.string().copy(address.sun_path, sizeof address.sun_path - 1);
        int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
        EXPECT_EQ(bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
        close(socket);
    }

    // A command in the repository. It may not take long, and nothing that it prints holds the secret.
    Outcome run(const std::string& command) {
        Outcome out = folder_.run("cd repository; STOOP_SECRET=" + kSecret + " timeout 60 " + command);
        EXPECT_EQ((out.out + out.err).find(kSecret), std::string::npos) << command << "\n"
                                                                        << out.out << out.err;
        EXPECT_LT(out.exit, 4) << command << "\n" << out.err;
        return out;
    }

    // A test file that names something is refused, and says so, in every form; and nothing is written.
    void expect_refused(const std::string& head, const std::string& tests, const std::string& message) {
        write("a_test.yaml", head + tests);
        for (const char* form : {"human", "json", "junit", "tap", "github"}) {
            Outcome out = run(std::string("stoop test -v -o ") + form + " a_test.yaml");
            EXPECT_EQ(out.exit, 2) << head << out.out << out.err;
            // People read it on standard error; a document holds it.
            const std::string& said = form == std::string("human") ? out.err : out.out;
            EXPECT_NE(said.find(message), std::string::npos) << head << said << out.err;
        }
        for (const char* command :
             {"stoop test --update .", "stoop test --coverage --coverage-html page.html a_test.yaml",
              "stoop mutate a_test.yaml"})
            EXPECT_EQ(run(command).exit, 2) << command << head;
        EXPECT_FALSE(fs::exists(repository_ / "page.html"));
        EXPECT_EQ(read_file(repository_ / "a_test.yaml"), head + tests);
    }
    void expect_rules_refused(const std::string& path, const std::string& message) {
        expect_refused("rules: ['" + path + "']\n", kTests, message);
    }
    void expect_events_refused(const std::string& path, const std::string& message) {
        std::string events = "events: '" + path + "'\n";
        expect_refused("rules: [a.yaml]\n" + events, "tests:\n  - {name: n, expect: [r]}\n", message);
        expect_refused("rules: [a.yaml]\n",
                       "tests:\n  - {name: n, " + events.substr(0, events.size() - 1) + ", expect: [r]}\n",
                       message);
    }

    WorkFolder folder_;
    fs::path repository_, outside_;
};

constexpr const char* kOutside = "it lies outside the root";
constexpr const char* kGit = "it belongs to a git repository's own data";

TEST_F(StrangersRepository, RulesOutside) {
    for (const std::string& path :
         {(outside_ / "secret.yaml").string(), std::string("../outside/secret.yaml"),
          std::string("sub/../../outside/secret.yaml"), std::string("folder/secret.yaml"),
          std::string("link.yaml"), std::string("link_to_link.yaml"), std::string("environ.yaml"),
          std::string("/proc/self/environ"),
          std::string("/proc/self/root") + (outside_ / "secret.yaml").string(),
          std::string("/proc/self/cwd/../outside/secret.yaml"), std::string("dangling.yaml"),
          // Whether there is something outside is not told.
          std::string("../outside/nothing.yaml"), std::string("folder/nothing.yaml"),
          std::string("/nothing.yaml")})
        expect_rules_refused(path, kOutside);
}

TEST_F(StrangersRepository, RulesThatAreNone) {
    expect_rules_refused("fifo.yaml", "it is not a regular file");
    expect_rules_refused("socket.yaml", "it is not a regular file");
    expect_rules_refused("folder.yaml", "Is a directory");
    expect_rules_refused(".", "Is a directory");
    expect_rules_refused("folder/../outside/secret.yaml", "No such file");
    expect_rules_refused("hard.yaml", "it has 2 names (hard links)");
    expect_rules_refused("events.jsonl", "its name must end in .yaml or .yml");
    write(".env", "TOKEN=" + kSecret + "\n");
    fs::create_symlink(".env", repository_ / "env.yaml");
    expect_rules_refused(".env", "its name must end in .yaml or .yml");
    expect_rules_refused("env.yaml", "its name must end in .yaml or .yml");
}

TEST_F(StrangersRepository, GitsOwnData) {
    for (const char* path : {".git/secret.yaml", "./.git/../.git/secret.yaml", "git.yaml", "bare/secret.yaml",
                             ".git/config", "submodule/.git"})
        expect_rules_refused(path, kGit);
    fs::create_directories(repository_ / "sub/.GIT");
    write("sub/.GIT/secret.yaml", "- " + kSecret + "\n");
    expect_rules_refused("sub/.GIT/secret.yaml", kGit);
    expect_events_refused(".git/config", kGit);
    expect_events_refused("submodule/.git", kGit);
}

TEST_F(StrangersRepository, EventsOutside) {
    for (const std::string& path :
         {(outside_ / "events.jsonl").string(), std::string("../outside/events.jsonl"),
          std::string("folder/events.jsonl"), std::string("link.jsonl"), std::string("zero.jsonl"),
          std::string("/dev/zero"), std::string("/proc/self/environ"), std::string("/dev/stdin"),
          std::string("environ.yaml")})
        expect_events_refused(path, kOutside);
    expect_events_refused("fifo.yaml", "it is not a regular file");
    expect_events_refused("socket.yaml", "it is not a regular file");
    expect_events_refused("hard.jsonl", "it has 2 names (hard links)");
    expect_events_refused("-", "No such file");
}

TEST_F(StrangersRepository, RulesOfTheSameNameOutside) {
    fs::remove(repository_ / "a.yaml");
    fs::create_symlink(outside_ / "secret.yaml", repository_ / "a.yaml");
    expect_refused("", kTests, kOutside);
}

// Files below the root that are something else are read as what they are named for, and not shown.
TEST_F(StrangersRepository, EventsThatAreNoneAreNotQuoted) {
    write(".env", "TOKEN=" + kSecret + "\n");
    write("key.json", "{\"" + kSecret + "\": \"" + kSecret + "\", \"user.uid\": \"" + kSecret + "\"}\n");
    write("type.json", "{\"user.uid\": \"" + kSecret + "\"}\n");
    write("cut.json", "{\"" + kSecret);
    for (const char* path : {".env", "key.json", "type.json", "cut.json", "a.yaml"}) {
        write("a_test.yaml", "events: " + std::string(path) + "\n" +
                                 "tests:\n  - {name: n, expect: [r]}\n"
                                 "  - {name: m, from: 1, set: {fd.name: x}, expect: [r]}\n");
        for (const char* form : {"human", "json", "junit", "tap", "github"}) {
            Outcome out = run(std::string("stoop test -v -o ") + form + " a_test.yaml");
            EXPECT_EQ(out.exit, 2) << path << out.err;
            EXPECT_NE((out.err + out.out).find(std::string(path) + ":1: "), std::string::npos) << out.err;
        }
    }
}

// What is found in a folder must lie there; what is named on the command line is the user's own, and yet not
// quoted if a link in the repository says what it is.
TEST_F(StrangersRepository, TestFilesThatAreLinks) {
    fs::create_symlink(outside_ / "outside_test.yaml", repository_ / "found_test.yaml");
    Outcome out = run("stoop test .");
    EXPECT_EQ(out.exit, 3);
    EXPECT_NE(out.err.find("found_test.yaml: it is a link that leads outside the root"), std::string::npos)
        << out.err;
    fs::remove(repository_ / "found_test.yaml");
    fs::create_symlink("/proc/self/environ", repository_ / "environ_test.yaml");
    EXPECT_EQ(run("stoop test environ_test.yaml").exit, 2);
    EXPECT_EQ(run("stoop test .").exit, 3);
    fs::remove(repository_ / "environ_test.yaml");
    fs::create_hard_link(outside_ / "secret", repository_ / "hard_test.yaml");
    EXPECT_EQ(run("stoop test .").exit, 2);
    // A folder that leads to itself.
    fs::remove(repository_ / "hard_test.yaml");
    fs::create_directory_symlink(".", repository_ / "loop");
    write("a_test.yaml", kTests);
    out = run("stoop test .");
    EXPECT_EQ(out.exit, 0) << out.err;
    EXPECT_EQ(out.out, "ok    a_test.yaml  1 test\n1 test: 1 passed, 0 failed\n");
}

TEST_F(StrangersRepository, RuleFilesThatAreLinks) {
    fs::create_directory(repository_ / "rules");
    for (const char* target : {"../link.yaml", "../.git/config", "/proc/self/environ", "../hard.yaml"}) {
        fs::create_symlink(target, repository_ / "rules/x.yaml");
        for (const char* form : {"human", "json", "falco", "sarif", "github"}) {
            Outcome out = run(std::string("stoop check -o ") + form + " rules");
            EXPECT_EQ(out.exit, 2) << target << out.out << out.err;
        }
        for (const char* command :
             {"stoop run -r rules events.jsonl", "stoop explain -r rules events.jsonl",
              "stoop list rules -r rules", "stoop check rules/x.yaml", "stoop bench -r rules events.jsonl"})
            EXPECT_EQ(run(command).exit, 2) << command << target;
        fs::remove(repository_ / "rules/x.yaml");
    }
}

TEST_F(StrangersRepository, EventsAndSchemasThatAreLinks) {
    fs::remove(repository_ / "link.jsonl");
    fs::create_symlink(outside_ / "secret", repository_ / "link.jsonl");
    for (const char* command :
         {"stoop run -r a.yaml link.jsonl", "stoop run --strict -r a.yaml link.jsonl",
          "stoop explain -r a.yaml link.jsonl", "stoop eval 'evt.type = open' link.jsonl",
          "stoop bench -r a.yaml link.jsonl", "stoop run --schema link.jsonl -r a.yaml events.jsonl"})
        EXPECT_EQ(run(command).exit, 2) << command;
}

TEST_F(StrangersRepository, NothingOutsideIsWritten) {
    const std::string text = "tests:\n  - name: n\n    events: [{evt.type: open}]\n    expect: []\n";
    const std::string tests = "rules: [" + (outside_ / "x.yaml").string() + "]\n" + text;
    auto expect_untouched = [&](const std::string& command, const std::string& message) {
        Outcome out = run(command);
        EXPECT_EQ(out.exit, 3) << command << out.out << out.err;
        EXPECT_NE(out.err.find(message), std::string::npos) << command << out.err;
        EXPECT_EQ(read_file(outside_ / "x_test.yaml"), tests) << command;
    };
    fs::remove(outside_ / "outside_test.yaml");
    write_file(outside_ / "x_test.yaml", tests);
    write_file(outside_ / "x.yaml", kRule);
    fs::create_symlink(outside_ / "x_test.yaml", repository_ / "x_test.yaml");
    expect_untouched("stoop test --update x_test.yaml", "it is a symbolic link");
    expect_untouched("stoop test --update folder/x_test.yaml", "a symbolic link leads there");
    expect_untouched("stoop test --update folder", "a symbolic link leads there");
    const std::string inside = "rules: [" + (repository_ / "a.yaml").string() + "]\n" + text;
    write_file(outside_ / "hard_test.yaml", inside);
    fs::create_hard_link(outside_ / "hard_test.yaml", repository_ / "hard_test.yaml");
    expect_untouched("stoop test --update hard_test.yaml", "it has 2 names (hard links)");
    EXPECT_EQ(read_file(outside_ / "hard_test.yaml"), inside);
    // A link within the repository is refused, too.
    write("real/y_test.yaml", inside);
    fs::create_symlink("real/y_test.yaml", repository_ / "y_test.yaml");
    fs::create_directory_symlink("real", repository_ / "linked");
    expect_untouched("stoop test --update y_test.yaml", "it is a symbolic link");
    expect_untouched("stoop test --update linked/y_test.yaml", "a symbolic link leads there");
    EXPECT_EQ(read_file(repository_ / "real/y_test.yaml"), inside);
    EXPECT_EQ(run("stoop test --update real/y_test.yaml").exit, 0);
    EXPECT_NE(read_file(repository_ / "real/y_test.yaml").find("rule: r"), std::string::npos);
}

// The same repository with what it may do: everything below the root, by any way that stays there.
TEST_F(StrangersRepository, WhatLiesBelowTheRoot) {
    fs::create_symlink(repository_ / "a.yaml", repository_ / "absolute.yaml");
    fs::create_directory_symlink("sub", repository_ / "inner");
    write("sub/b.yaml", kRule);
    for (const std::string& path :
         {std::string("a.yaml"), (repository_ / "a.yaml").string(), std::string("absolute.yaml"),
          std::string("sub/../a.yaml"), std::string("inner/b.yaml")}) {
        write("a_test.yaml",
              "rules: ['" + path + "']\nevents: events.jsonl\n" + "tests:\n  - {name: n, expect: [r]}\n");
        EXPECT_EQ(run("stoop test a_test.yaml").exit, 0) << path;
    }
    // From a folder further down the root is the same.
    write("sub/b_test.yaml", "rules: [../a.yaml]\n" + kTests);
    EXPECT_EQ(folder_.run("cd repository/sub; stoop test").exit, 0);
    // A root that the user gives.
    EXPECT_EQ(run("stoop test --root sub sub/b_test.yaml").exit, 2);
    write("c_test.yaml", "rules: [../outside/fine.yaml]\n" + kTests);
    write_file(outside_ / "fine.yaml", kRule);
    EXPECT_EQ(run("stoop test c_test.yaml").exit, 2);
    EXPECT_EQ(run("stoop test --root .. c_test.yaml").exit, 0);
    EXPECT_EQ(run("stoop test --root nowhere c_test.yaml").exit, 3);
    // Test files of the user's own, elsewhere: the root is their repository, or their folder.
    write_file(outside_ / "fine_test.yaml", kTests);
    EXPECT_EQ(run("stoop test ../outside/fine_test.yaml").exit, 0);
    write_file(outside_ / "sub/fine_test.yaml", "rules: [../fine.yaml]\n" + kTests);
    EXPECT_EQ(run("stoop test ../outside/sub/fine_test.yaml").exit, 2);
    fs::create_directory(outside_ / ".git");
    EXPECT_EQ(run("stoop test ../outside/sub/fine_test.yaml").exit, 0);
}

}  // namespace
}  // namespace stoop::tests
