#include "compiler/codegen/code_cache.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <thread>

#include "tests/support/process.h"

namespace stoop {
namespace {

namespace fs = std::filesystem;

class CodeCacheTest : public testing::Test {
  protected:
    fs::path folder() const { return base_ / "above" / "stoop"; }
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
    CodeCache cache(folder());
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
    CodeCache(folder()).put("key", "code");
    struct stat status;
    ASSERT_EQ(stat(folder().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777, 0700u);
    ASSERT_EQ(stat(only_file().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777, 0600u);
}

// Whichever byte is changed, and wherever the file is cut off.
TEST_F(CodeCacheTest, DamageIsNoticed) {
    CodeCache cache(folder());
    cache.put("key", "some code");
    fs::path file = only_file();
    std::string bytes;
    {
        std::ifstream stream(file, std::ios::binary);
        bytes.assign(std::istreambuf_iterator<char>(stream), {});
    }
    auto write = [&](const std::string& content) {
        std::ofstream(file, std::ios::binary | std::ios::trunc) << content;
    };
    for (size_t i = 0; i < bytes.size(); ++i) {
        std::string changed = bytes;
        changed[i] = static_cast<char>(changed[i] ^ 0x40);
        write(changed);
        EXPECT_FALSE(cache.find("key")) << "byte " << i;
        write(bytes.substr(0, i));
        EXPECT_FALSE(cache.find("key")) << "cut off at " << i;
    }
    write(bytes + "x");
    EXPECT_FALSE(cache.find("key"));
    write(bytes);
    EXPECT_TRUE(cache.find("key"));
    write("");
    cache.put("key", "repaired");
    EXPECT_EQ(cache.find("key"), "repaired");
}

TEST_F(CodeCacheTest, WhatOthersCanWriteIsNotBelieved) {
    CodeCache cache(folder());
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
    CodeCache(folder()).put("key", "code");
    fs::rename(folder(), base_ / "elsewhere");
    fs::create_directory_symlink(base_ / "elsewhere", folder());
    EXPECT_FALSE(CodeCache(folder()).find("key"));
    CodeCache elsewhere(base_ / "elsewhere");
    EXPECT_TRUE(elsewhere.find("key"));
    fs::path file = fs::directory_iterator(base_ / "elsewhere")->path();
    fs::rename(file, base_ / "file");
    fs::create_symlink(base_ / "file", file);
    EXPECT_FALSE(elsewhere.find("key"));
}

TEST_F(CodeCacheTest, AFolderThatCannotBeIsAnEmptyOne) {
    std::ofstream(base_ / "file") << "x";
    CodeCache cache(base_ / "file" / "stoop");
    cache.put("key", "code");
    EXPECT_FALSE(cache.find("key"));
}

TEST_F(CodeCacheTest, TheOldestGo) {
    CodeCache cache(folder());
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
    CodeCache cache(folder());
    cache.put("key", std::string(size_t{65} << 20, 'c'));
    EXPECT_FALSE(cache.find("key"));
}

TEST_F(CodeCacheTest, ManyWritersAndReaders) {
    CodeCache cache(folder());
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
