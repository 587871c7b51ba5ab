// SPDX-License-Identifier: Apache-2.0
// Files and folders that only the user can have written. Others may share the machine, so a folder or file is
// used only if it belongs to the user and nobody else can write to it; a link in its place is refused.
//
// Any thread. Nothing here throws; a negative descriptor or false is all that a caller needs to know.
#pragma once

#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "runtime/base/file.h"

namespace stoop {

// The folder itself, not what a link in its place leads to.
Descriptor open_private_folder(const std::filesystem::path& folder);
// The same, made first (mode 0700) with those above it if it is not there.
Descriptor make_private_folder(const std::filesystem::path& folder);

// A regular file in an open folder, with its status.
Descriptor open_private_file(const Descriptor& folder, const std::string& name, struct stat& status);

// A file beside `name` that nobody else can read and that has `bytes`; false if it cannot be made. `made` is
// its name.
bool write_private_file(const Descriptor& folder, const std::string& name, std::string_view bytes,
                        std::string& made);

// Exactly `size` bytes; false if there are fewer.
bool read_exactly(const Descriptor& file, void* data, size_t size);

}  // namespace stoop
