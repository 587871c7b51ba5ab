// SPDX-License-Identifier: Apache-2.0
#include "compiler/codegen/code_cache.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "compiler/codegen/cache_key.h"
#include "tests/support/paths.h"
#include "tests/support/process.h"

namespace stoop {
namespace {

namespace fs = std::filesystem;

class CodeCacheTest : public testing::Test {
  protected:
    fs::path folder() const { return base_ / "above" / "stoop"; }
    fs::path state() const { return base_ / "state"; }
    CodeCache in(const fs::path& cache) const { return CodeCache({cache, state()}); }
    fs::path key_file() const { return state() / "cache-key"; }
    fs::path only_file() const {
        std::vector<fs::path> files;
        for (const auto& entry : fs::directory_iterator(folder())) files.push_back(entry.path());
        EXPECT_EQ(files.size(), 1u);
        return files.at(0);
    }

    tests::TemporaryFolder temporary_;
    const fs::path& base_ = temporary_.path();
};

TEST_F(CodeCacheTest, GivesBackWhatWasPut) {
    CodeCache cache = in(folder());
    EXPECT_FALSE(cache.find("key"));
    std::string code("code\0with zeros", 15);
    cache.put("key", code);
    EXPECT_EQ(cache.find("key"), code);
    EXPECT_FALSE(cache.find("other key"));
    cache.put("key", "newer");
    EXPECT_EQ(cache.find("key"), "newer");
    only_file();
}

TEST_F(CodeCacheTest, IsPrivate) {
    in(folder()).put("key", "code");
    struct stat status;
    ASSERT_EQ(stat(folder().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777, 0700u);
    ASSERT_EQ(stat(only_file().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777, 0600u);
}

// Whichever byte is changed, and wherever the file is cut off.
TEST_F(CodeCacheTest, DamageIsNoticed) {
    CodeCache cache = in(folder());
    cache.put("key", "some code");
    fs::path file = only_file();
    std::string bytes = tests::read_file(file);
    for (size_t i = 0; i < bytes.size(); ++i) {
        for (int bit = 0; bit < 8; ++bit) {
            std::string changed = bytes;
            changed[i] = static_cast<char>(changed[i] ^ 1 << bit);
            tests::write_file(file, changed);
            EXPECT_FALSE(cache.find("key")) << "byte " << i;
        }
        tests::write_file(file, bytes.substr(0, i));
        EXPECT_FALSE(cache.find("key")) << "cut off at " << i;
    }
    tests::write_file(file, bytes + "x");
    EXPECT_FALSE(cache.find("key"));
    tests::write_file(file, bytes);
    EXPECT_TRUE(cache.find("key"));
    tests::write_file(file, "");
    cache.put("key", "repaired");
    EXPECT_EQ(cache.find("key"), "repaired");
}

// All that a file says of itself is right, and yet it was made with another secret: on another machine, by
// another user, or by somebody who knows how files are made.
TEST_F(CodeCacheTest, WhatWasMadeWithAnotherKeyIsNotBelieved) {
    CodeCache theirs({folder(), base_ / "their state"});
    theirs.put("key", "their code");
    CodeCache ours = in(folder());
    EXPECT_FALSE(ours.find("key"));
    ours.put("other key", "code");  // makes our key
    EXPECT_FALSE(ours.find("key"));
    ours.put("key", "our code");
    EXPECT_EQ(ours.find("key"), "our code");
    EXPECT_FALSE(theirs.find("key"));

    // The bytes of one key under the name of another.
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder())) files.push_back(entry.path());
    ASSERT_EQ(files.size(), 2u);
    std::string first = tests::read_file(files[0]);
    tests::write_file(files[0], tests::read_file(files[1]));
    tests::write_file(files[1], first);
    EXPECT_FALSE(ours.find("key"));
    EXPECT_FALSE(ours.find("other key"));
}

TEST_F(CodeCacheTest, TheKeyIsTheUsersAlone) {
    CodeCache cache = in(folder());
    cache.put("key", "code");
    struct stat status;
    ASSERT_EQ(stat(state().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777, 0700u);
    ASSERT_EQ(stat(key_file().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777, 0600u);
    EXPECT_EQ(status.st_size, 32);
    EXPECT_EQ(std::distance(fs::directory_iterator(state()), {}), 1);
    std::string key = tests::read_file(key_file());
    EXPECT_NE(key, std::string(32, '\0'));

    auto refused = [&](const char* how) {
        EXPECT_FALSE(cache.find("key")) << how;
        cache.put("new", "code");
        EXPECT_FALSE(cache.find("new")) << how;
    };
    for (mode_t mode : {0640u, 0604u, 0660u, 0400u, 0700u}) {
        chmod(key_file().c_str(), mode);
        refused("another mode");
    }
    chmod(key_file().c_str(), 0600);
    chmod(state().c_str(), 0770);
    refused("a folder that others can write to");
    chmod(state().c_str(), 0700);
    fs::create_hard_link(key_file(), base_ / "second name");
    refused("a second name");
    fs::remove(key_file());
    fs::create_symlink(base_ / "second name", key_file());
    refused("a link");
    fs::remove(key_file());
    for (const std::string& wrong : {std::string(), key.substr(1), key + "x"}) {
        tests::write_file(key_file(), wrong);
        chmod(key_file().c_str(), 0600);
        refused("another size");
    }
    tests::write_file(key_file(), key);
    EXPECT_TRUE(cache.find("key"));
    if (geteuid() == 0) {
        ASSERT_EQ(chown(key_file().c_str(), 1, 1), 0);
        refused("another owner");
    }
}

TEST_F(CodeCacheTest, ManyMakeOneKey) {
    std::vector<std::optional<CacheKey>> keys(8);
    {
        std::vector<std::jthread> threads;
        for (auto& key : keys) threads.emplace_back([&] { key = read_cache_key(state(), true); });
    }
    for (const auto& key : keys) {
        ASSERT_TRUE(key);
        EXPECT_EQ(key, keys[0]);
    }
    EXPECT_EQ(std::distance(fs::directory_iterator(state()), {}), 1);
}

TEST_F(CodeCacheTest, WhatOthersCanWriteIsNotBelieved) {
    CodeCache cache = in(folder());
    cache.put("key", "code");
    fs::path file = only_file();
    chmod(file.c_str(), 0620);
    EXPECT_FALSE(cache.find("key"));
    chmod(file.c_str(), 0600);
    EXPECT_TRUE(cache.find("key"));
    chmod(folder().c_str(), 0702);
    EXPECT_FALSE(cache.find("key"));
    cache.put("new", "code");
    EXPECT_EQ(only_file(), file);
    chmod(folder().c_str(), 0700);
    EXPECT_TRUE(cache.find("key"));
}

TEST_F(CodeCacheTest, LinksAreNotFollowed) {
    in(folder()).put("key", "code");
    fs::rename(folder(), base_ / "elsewhere");
    fs::create_directory_symlink(base_ / "elsewhere", folder());
    EXPECT_FALSE(in(folder()).find("key"));
    CodeCache elsewhere = in(base_ / "elsewhere");
    EXPECT_TRUE(elsewhere.find("key"));
    fs::path file = fs::directory_iterator(base_ / "elsewhere")->path();
    fs::rename(file, base_ / "file");
    fs::create_symlink(base_ / "file", file);
    EXPECT_FALSE(elsewhere.find("key"));
}

TEST_F(CodeCacheTest, AFolderThatCannotBeIsAnEmptyOne) {
    std::ofstream(base_ / "file") << "x";
    CodeCache cache = in(base_ / "file" / "stoop");
    cache.put("key", "code");
    EXPECT_FALSE(cache.find("key"));
}

TEST_F(CodeCacheTest, TheOldestGo) {
    CodeCache cache = in(folder());
    std::string code(size_t{48} << 20, 'c');
    for (int i = 0; i < 7; ++i) {
        cache.put("key " + std::to_string(i), code);
        for (const auto& entry : fs::directory_iterator(folder()))  // a clock may be coarse
            fs::last_write_time(entry, fs::last_write_time(entry) - std::chrono::hours(1));
    }
    EXPECT_FALSE(cache.find("key 0"));
    EXPECT_FALSE(cache.find("key 1"));
    EXPECT_TRUE(cache.find("key 2"));
    EXPECT_TRUE(cache.find("key 6"));
}

TEST_F(CodeCacheTest, WhatIsTooLargeIsNotKept) {
    CodeCache cache = in(folder());
    cache.put("key", std::string(size_t{65} << 20, 'c'));
    EXPECT_FALSE(cache.find("key"));
}

TEST_F(CodeCacheTest, ManyWritersAndReaders) {
    CodeCache cache = in(folder());
    std::string code(100'000, 'c');
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&, i] {
            for (int round = 0; round < 50; ++round) {
                if (i % 2 == 0) cache.put("key", code);
                auto found = cache.find("key");
                EXPECT_EQ(found.value_or(code), code);
            }
        });
    threads.clear();
    EXPECT_EQ(cache.find("key"), code);
    only_file();
}

}  // namespace
}  // namespace stoop
