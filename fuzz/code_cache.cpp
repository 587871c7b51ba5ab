// SPDX-License-Identifier: Apache-2.0
// Any bytes as a file of the cache of native code: they are not believed, unless they are what was put there.
// Behind the right authentication code any bytes are.
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "compiler/codegen/cache_key.h"
#include "compiler/codegen/code_cache.h"

namespace {

namespace fs = std::filesystem;

fs::path make_folder() {
    std::string name = (fs::temp_directory_path() / "stoop-fuzz-XXXXXX").string();
    if (!mkdtemp(name.data())) std::abort();
    static const struct Removed {
        fs::path path;
        ~Removed() { fs::remove_all(path); }
    } removed{name};
    return name;
}

void write(const fs::path& path, std::string_view text) {
    std::ofstream(path, std::ios::binary | std::ios::trunc)
        .write(text.data(), static_cast<std::streamsize>(text.size()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace stoop;
    static const fs::path folder = make_folder();
    static const CodeCache cache({folder / "cache", folder / "state"});
    static const std::string name = [] {
        cache.put("key", "code");
        return fs::directory_iterator(folder / "cache")->path().string();
    }();
    std::string_view bytes(reinterpret_cast<const char*>(data), size);
    write(name, bytes);
    if (cache.find("key")) std::abort();
    auto key = read_cache_key(folder / "state", false);
    if (!key) std::abort();
    CacheMac mac = cache_mac(*key, bytes);
    write(name, std::string(reinterpret_cast<const char*>(mac.data()), mac.size()) + std::string(bytes));
    cache.find("key");
    return 0;
}
