// SPDX-License-Identifier: Apache-2.0
#include "compiler/codegen/native.h"

#include <dlfcn.h>
#include <sys/auxv.h>

#include <filesystem>

#include "compiler/at_once.h"
#include "compiler/codegen/code_cache.h"
#include "compiler/codegen/module.h"
#include "compiler/codegen/plan_key.h"
#include "runtime/match/block.h"

namespace stoop {
namespace {

// The program's own file, links followed. Where /proc is not mounted it is the one that was called.
std::filesystem::path program_path() {
    std::error_code error;
    auto program = std::filesystem::read_symlink("/proc/self/exe", error);
    if (!error) return program;
    const auto* called = reinterpret_cast<const char*>(getauxval(AT_EXECFN));
    return called ? std::filesystem::canonical(called, error) : std::filesystem::path();
}

// ../lib/stoop beside the program, in a build tree as where it is installed; else where the system keeps its
// libraries.
std::string module_path() {
    std::error_code none;
    auto beside = program_path().parent_path().parent_path() / "lib/stoop" / kCodeGeneratorFile;
    return std::filesystem::exists(beside, none) ? beside.string() : kCodeGeneratorFile;
}

// The module, opened at the first call.
const CodeGenerator* code_generator(std::string& error) {
    struct Opened {
        const CodeGenerator* generator = nullptr;
        std::string error;
    };
    static const Opened opened = [] {
        Opened out;
        if (void* module = dlopen(module_path().c_str(), RTLD_LAZY | RTLD_LOCAL))
            out.generator = static_cast<const CodeGenerator*>(dlsym(module, kCodeGeneratorSymbol));
        if (!out.generator) out.error = dlerror();
        return out;
    }();
    error = opened.error;
    return opened.generator;
}

}  // namespace

struct NativeProgram::Parts {
    MatchProgram program;
    std::unique_ptr<LinkedCode> code;
    bool from_cache = false;
};

NativeProgram::NativeProgram(std::unique_ptr<Parts> parts)
    : parts_(std::move(parts)),
      engine_{parts_->program.match, &parts_->program, &match_block, &parts_->program.wanted} {}
NativeProgram::~NativeProgram() = default;

bool NativeProgram::from_cache() const { return parts_->from_cache; }

std::unique_ptr<NativeProgram> NativeProgram::compile(const Plan& plan, std::string& error,
                                                      CodeOptions options) {
    // Code with lines depends on the names of files, and is wanted seldom.
    const CodeCache* cache = options.lines ? nullptr : options.cache;
    const CodeGenerator* generator = code_generator(error);
    if (!generator) return nullptr;
    Dispatch dispatch = make_dispatch(plan);
    auto parts = std::make_unique<Parts>();
    std::string key;
    if (cache) {
        std::string identity = generator->identity(error);
        if (identity.empty()) return nullptr;
        key = plan_key(plan, dispatch, identity);
        if (auto object = cache->find(key)) {
            parts->code = generator->link(*object, {}, false, error);
            parts->from_cache = parts->code != nullptr;
        }
    }
    if (!parts->code) {
        std::string object = generator->object(plan, dispatch, options.lines, error);
        if (object.empty()) return nullptr;
        parts->code = generator->link(object, {}, options.lines, error);
        if (!parts->code) return nullptr;
        if (cache) cache->put(key, object);
    }
    parts->program = std::move(dispatch.program);
    parts->program.match = parts->code->functions().match;
    parts->program.conditions = parts->code->functions().conditions;
    return std::unique_ptr<NativeProgram>(new NativeProgram(std::move(parts)));
}

std::string emit_ir(const Plan& plan, std::string& error) {
    const CodeGenerator* generator = code_generator(error);
    return generator ? generator->ir(plan, make_dispatch(plan), error) : "";
}

std::string emit_asm(const Plan& plan, std::string& error) {
    const CodeGenerator* generator = code_generator(error);
    return generator ? generator->assembly(plan, make_dispatch(plan), error) : "";
}

std::string native_code_identity(std::string& error) {
    const CodeGenerator* generator = code_generator(error);
    return generator ? generator->identity(error) : "";
}

std::jthread expect_native_code() {
    return try_start([] {
        std::string error;
        code_generator(error);
    });
}

}  // namespace stoop
