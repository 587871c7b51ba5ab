// SPDX-License-Identifier: Apache-2.0
// Which line of which rule file code is of, for debuggers and profilers: gdb and perf show `rules.yaml:412`
// for what a condition costs. Private to compiler/codegen/llvm.
//
// What several rules share has the place where it stands first. One for each module; finish it before the
// module is used.
#pragma once

#include <llvm/IR/DIBuilder.h>

#include <map>
#include <string>

#include "runtime/base/place.h"

namespace stoop {

class DebugLines {
  public:
    explicit DebugLines(llvm::Module& module);

    // A function of this name is beginning.
    void begin(llvm::Function& function, const std::string& name);
    // The place of what comes next in the function that has begun; none: of nothing in particular.
    llvm::DebugLoc at(const Place* place);
    void finish() { builder_.finalize(); }

  private:
    llvm::DIFile* file(const std::string& name);

    llvm::DIBuilder builder_;
    llvm::LLVMContext& context_;
    llvm::DISubroutineType* type_;
    llvm::DISubprogram* function_ = nullptr;
    std::map<std::string, llvm::DIFile*> files_;
    std::map<llvm::DIFile*, llvm::DIScope*> scopes_;  // of the function, by file
};

}  // namespace stoop
