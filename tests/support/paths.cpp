// SPDX-License-Identifier: Apache-2.0
#include "tests/support/paths.h"

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace stoop::tests {

std::filesystem::path source_dir() { return STOOP_SOURCE_DIR; }
std::filesystem::path stoop_binary() { return STOOP_BINARY; }
std::filesystem::path shared_dir() { return source_dir().parent_path() / "shared"; }
bool have_shared() { return std::filesystem::exists(shared_dir() / "conformance"); }

std::string read_file(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) throw std::runtime_error("cannot read " + path.string());
    std::stringstream out;
    out << in.rdbuf();
    return out.str();
}

void write_file(const std::filesystem::path& path, const std::string& text) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream out(path, std::ios::binary);
    out << text;
    if (!out.flush()) throw std::runtime_error("cannot write " + path.string());
}

}  // namespace stoop::tests
