// SPDX-License-Identifier: Apache-2.0
// Where tests find things.
#pragma once

#include <filesystem>
#include <string>

namespace stoop::tests {

std::filesystem::path source_dir();
std::filesystem::path stoop_binary();

// The answers recorded from Falco, which stand beside the checkout and are not part of it. Tests that need
// them are skipped, and say so, where they are missing.
std::filesystem::path shared_dir();
bool have_shared();

std::string read_file(const std::filesystem::path& path);
void write_file(const std::filesystem::path& path, const std::string& text);

}  // namespace stoop::tests
