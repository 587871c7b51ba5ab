// SPDX-License-Identifier: Apache-2.0
#include "compiler/codegen/llvm/debug_lines.h"

#include <llvm/BinaryFormat/Dwarf.h>
#include <llvm/IR/Module.h>

#include <filesystem>

namespace stoop {

DebugLines::DebugLines(llvm::Module& module) : builder_(module), context_(module.getContext()) {
    module.addModuleFlag(llvm::Module::Warning, "Debug Info Version", llvm::DEBUG_METADATA_VERSION);
    module.addModuleFlag(llvm::Module::Warning, "Dwarf Version", 4);
    builder_.createCompileUnit(llvm::dwarf::DW_LANG_C, file("rules"), "stoop", true, "", 0, "",
                               llvm::DICompileUnit::LineTablesOnly);
    type_ = builder_.createSubroutineType(builder_.getOrCreateTypeArray({}));
}

// By the whole path, so that it is found wherever the profile is looked at.
llvm::DIFile* DebugLines::file(const std::string& name) {
    llvm::DIFile*& out = files_[name];
    if (!out) {
        std::filesystem::path path = std::filesystem::absolute(name);
        out = builder_.createFile(path.filename().string(), path.parent_path().string());
    }
    return out;
}

void DebugLines::begin(llvm::Function& function, const std::string& name) {
    function_ = builder_.createFunction(file("rules"), name, function.getName(), file("rules"), 0, type_, 0,
                                        llvm::DINode::FlagArtificial, llvm::DISubprogram::SPFlagDefinition);
    function.setSubprogram(function_);
    scopes_.clear();
}

llvm::DebugLoc DebugLines::at(const Place* place) {
    if (!place || place->line == 0) return llvm::DILocation::get(context_, 0, 0, function_);
    llvm::DIFile* in = file(place->file);
    llvm::DIScope*& scope = scopes_[in];
    if (!scope) scope = builder_.createLexicalBlockFile(function_, in);
    return llvm::DILocation::get(context_, place->line, place->column, scope);
}

}  // namespace stoop
