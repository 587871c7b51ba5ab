// SPDX-License-Identifier: Apache-2.0
#include "cli/version.h"

#include <fmt/format.h>

#include <sstream>

#include "compiler/codegen/native.h"
#include "compiler/source/requirements.h"
#include "stoop_commit.h"

namespace stoop::cli {
namespace {

constexpr const char* kFalco = "0.44.1";  // with the engine of kEngineVersion

std::string native_code() {
    std::string error, identity = native_code_identity(error);
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
