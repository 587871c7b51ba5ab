// SPDX-License-Identifier: Apache-2.0
#include "runtime/base/replace_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <filesystem>

#include "tests/support/paths.h"
#include "tests/support/process.h"

namespace stoop::tests {
namespace {

namespace fs = std::filesystem;

class ReplaceFile : public testing::Test {
  protected:
    fs::path path(const char* name) const { return folder_.path() / name; }
    std::string replace(const char* name, ReplaceOptions options = {}) const {
        FileReplacement file(path(name).string(), options);
        return replace_with(file, "new");
    }
    size_t files() const {
        return static_cast<size_t>(std::distance(fs::directory_iterator(folder_.path()), {}));
    }
    struct stat status(const char* name) const {
        struct stat out {};
        EXPECT_EQ(lstat(path(name).c_str(), &out), 0);
        return out;
    }

    TemporaryFolder folder_;
};

TEST_F(ReplaceFile, NewAndOld) {
    mode_t before = umask(027);
    EXPECT_EQ(replace("a"), "");
    umask(before);
    EXPECT_EQ(read_file(path("a")), "new");
    EXPECT_EQ(status("a").st_mode & 07777, 0640u);
    write_file(path("a"), "something longer");
    fs::permissions(path("a"), fs::perms(0604));
    EXPECT_EQ(replace("a", {.sync = true}), "");
    EXPECT_EQ(read_file(path("a")), "new");
    EXPECT_EQ(status("a").st_mode & 07777, 0604u);
    EXPECT_EQ(files(), 1u);
}

TEST_F(ReplaceFile, WithoutFinishNothingChanges) {
    write_file(path("a"), "old");
    {
        FileReplacement file(path("a").string(), {}), fresh(path("b").string(), {});
        write_all(file.file(), "new");
        write_all(fresh.file(), "new");
    }
    EXPECT_EQ(read_file(path("a")), "old");
    EXPECT_EQ(files(), 1u);
}

TEST_F(ReplaceFile, LinksAreRefusedOrFollowed) {
    write_file(path("sub/a"), "old");
    fs::create_symlink("sub/a", path("link"));
    EXPECT_EQ(replace("link"), "it is a symbolic link");
    EXPECT_EQ(read_file(path("sub/a")), "old");
    EXPECT_EQ(replace("link", {.follow_links = true}), "");
    EXPECT_EQ(read_file(path("sub/a")), "new");
    EXPECT_TRUE(fs::is_symlink(path("link")));
    fs::create_symlink("sub/b", path("dangling"));
    EXPECT_EQ(replace("dangling", {.follow_links = true}), "");
    EXPECT_EQ(read_file(path("sub/b")), "new");
    fs::create_symlink("loop", path("loop"));
    EXPECT_EQ(replace("loop", {.follow_links = true}), "Too many levels of symbolic links");
}

TEST_F(ReplaceFile, HardLinksAreRefused) {
    write_file(path("a"), "old");
    fs::create_hard_link(path("a"), path("b"));
    EXPECT_EQ(replace("a"), "it has 2 names (hard links), and the others would keep the old contents");
    EXPECT_EQ(read_file(path("a")), "old");
}

TEST_F(ReplaceFile, WhatIsNoFileIsRefused) {
    fs::create_directory(path("folder"));
    mkfifo(path("fifo").c_str(), 0600);
    EXPECT_EQ(replace("folder"), "Is a directory");
    EXPECT_EQ(replace("folder/."), "Is a directory");
    EXPECT_EQ(replace("fifo"), "it is not a regular file");
    EXPECT_EQ(replace("missing/a"), "No such file or directory");
}

TEST_F(ReplaceFile, OwnerAndAttributesAreKept) {
    write_file(path("a"), "old");
    bool attributes = setxattr(path("a").c_str(), "user.stoop", "kept", 4, 0) == 0;
    bool root = geteuid() == 0 && chown(path("a").c_str(), 4321, 1234) == 0;
    if (!attributes && !root) GTEST_SKIP() << "neither can be set here";
    EXPECT_EQ(chmod(path("a").c_str(), 06750), 0);
    EXPECT_EQ(replace("a"), "");
    EXPECT_EQ(read_file(path("a")), "new");
    EXPECT_EQ(status("a").st_mode & 07777, 06750u);
    EXPECT_EQ(status("a").st_uid, root ? 4321u : geteuid());
    EXPECT_EQ(status("a").st_gid, root ? 1234u : getegid());
    char value[8] = {};
    EXPECT_EQ(getxattr(path("a").c_str(), "user.stoop", value, sizeof value), attributes ? 4 : -1);
}

// The access list that the folder would give a new file is not the old file's.
TEST_F(ReplaceFile, AccessListsAreKept) {
    write_file(path("a"), "old");
    chmod(path("a").c_str(), 0640);
    // user::rwx, user:1:rwx, group::rwx, mask::rwx, other::---
    const unsigned char list[] = {2, 0, 0,   0,   1,   0,   7,  0, 255, 255, 255, 255, 2,   0,  7,
                                  0, 1, 0,   0,   0,   4,   0,  7, 0,   255, 255, 255, 255, 16, 0,
                                  7, 0, 255, 255, 255, 255, 32, 0, 0,   0,   255, 255, 255, 255};
    if (setxattr(folder_.path().c_str(), "system.posix_acl_default", list, sizeof list, 0) != 0)
        GTEST_SKIP() << "no access lists here";
    EXPECT_EQ(replace("a"), "");
    EXPECT_LT(getxattr(path("a").c_str(), "system.posix_acl_access", nullptr, 0), 0);
    EXPECT_EQ(status("a").st_mode & 07777, 0640u);
    EXPECT_EQ(setxattr(path("a").c_str(), "system.posix_acl_access", list, sizeof list, 0), 0);
    EXPECT_EQ(replace("a"), "");
    EXPECT_EQ(getxattr(path("a").c_str(), "system.posix_acl_access", nullptr, 0), ssize_t{sizeof list});
}

TEST_F(ReplaceFile, OthersLinksAreNotFollowed) {
    fs::create_symlink("a", path("link"));
    if (geteuid() != 0 || lchown(path("link").c_str(), 4321, 1234) != 0) GTEST_SKIP() << "needs root";
    EXPECT_NE(replace("link", {.follow_links = true}).find("belongs to another user"), std::string::npos);
    EXPECT_FALSE(fs::exists(path("a")));
}

TEST_F(ReplaceFile, LeftOversOfTheDeadAreRemoved) {
    write_file(path("a"), "old");
    write_file(path(".stoop-a-0"), "half");
    EXPECT_EQ(replace("a"), "");
    EXPECT_EQ(files(), 1u);
    // One of somebody who lives is not.
    write_file(path(".stoop-a-0"), "half");
    Descriptor other(open(path(".stoop-a-0").c_str(), O_WRONLY | O_CLOEXEC));
    EXPECT_EQ(flock(other.get(), LOCK_EX), 0);
    EXPECT_EQ(replace("a"), "");
    EXPECT_EQ(files(), 2u);
    EXPECT_EQ(read_file(path(".stoop-a-0")), "half");
}

TEST_F(ReplaceFile, LongNames) {
    std::string name(NAME_MAX, 'x');
    write_file(path(name.c_str()), "old");
    EXPECT_EQ(replace(name.c_str()), "");
    EXPECT_EQ(read_file(path(name.c_str())), "new");
    EXPECT_EQ(files(), 1u);
}

}  // namespace
}  // namespace stoop::tests
