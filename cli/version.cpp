#include "cli/version.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <filesystem>
#include <sstream>

#include "compiler/codegen/module.h"
#include "compiler/source/requirements.h"
#include "stoop_commit.h"

namespace stoop::cli {
namespace {

constexpr const char* kFalco = "0.44.1";  // with the engine of kEngineVersion

// As native code is looked for (compiler/codegen/native.cpp).
const CodeGenerator* code_generator() {
    std::error_code none;
    auto program = std::filesystem::read_symlink("/proc/self/exe", none);
    auto beside = program.parent_path().parent_path() / "lib/stoop" / kCodeGeneratorFile;
    std::string path = std::filesystem::exists(beside, none) ? beside.string() : kCodeGeneratorFile;
    void* module = dlopen(path.c_str(), RTLD_LAZY | RTLD_LOCAL);
    return module ? static_cast<const CodeGenerator*>(dlsym(module, kCodeGeneratorSymbol)) : nullptr;
}

std::string native_code() {
    const CodeGenerator* generator = code_generator();
    if (!generator) return fmt::format("none ({})", dlerror());
    std::string error, identity = generator->identity(error);
    if (identity.empty()) return fmt::format("none ({})", error);
    std::istringstream words(identity);
    std::string llvm, machine, processor;
    words >> llvm >> machine >> processor;
    return fmt::format("LLVM {} for {} ({})", llvm, machine, processor);
}

}  // namespace

std::string version_number() { return STOOP_VERSION; }

std::string version_text() {
    return fmt::format("stoop {}\ncommit       {}\nFalco engine {} (Falco {})\nnative code  {}",
                       STOOP_VERSION, STOOP_COMMIT, kEngineVersion.text(), kFalco, native_code());
}

}  // namespace stoop::cli
