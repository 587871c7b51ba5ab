// SPDX-License-Identifier: Apache-2.0
#include "compiler/codegen/native.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <sys/auxv.h>

#include <filesystem>
#include <map>
#include <mutex>

#include "compiler/codegen/code_cache.h"
#include "compiler/codegen/module.h"
#include "runtime/base/parallel.h"
#include "runtime/engine/block.h"
#include "runtime/engine/prepare.h"
#include "runtime/program/encode.h"
#include "stoop_build_id.h"

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

// ../lib/stoop beside the program, in a build tree as where it is installed.
std::string module_beside_program() {
    std::filesystem::path program = program_path();
    if (program.empty()) return "";
    return (program.parent_path().parent_path() / "lib/stoop" / kCodeGeneratorFile).string();
}

struct Module {
    const CodeGenerator* generator = nullptr;  // null: there is a problem
    std::string problem;
};

// Never by the bare name: the system would look in places that are not the program's.
Module open_module(const std::string& path) {
    if (path.empty())
        return {nullptr, "the path of this program cannot be told; '--module FILE' names the module"};
    void* module = dlopen(path.c_str(), RTLD_LAZY | RTLD_LOCAL);
    if (!module) return {nullptr, dlerror()};
    auto refused = [&](std::string why) -> Module {
        dlclose(module);
        return {nullptr, std::move(why)};
    };
    const auto* generator = static_cast<const CodeGenerator*>(dlsym(module, kCodeGeneratorSymbol));
    if (!generator) return refused(fmt::format("{} is no module of Stoop", path));
    if (generator->abi != kModuleAbi || std::string_view(generator->build) != STOOP_BUILD_ID)
        return refused(fmt::format(
            "{} is of another build of Stoop; take the program and its module from one package or build",
            path));
    return {generator, ""};
}

// A module that is used stays open.
const CodeGenerator* code_generator(const std::string& given, std::string& error) {
    static std::mutex opening;
    static std::map<std::string, Module> opened;
    std::lock_guard lock(opening);
    std::string path = given.empty() ? module_beside_program() : std::filesystem::absolute(given).string();
    auto [entry, fresh] = opened.try_emplace(path);
    if (fresh) entry->second = open_module(path);
    error = entry->second.problem;
    return entry->second.generator;
}

// The program, and all that makes code of it: the tables are this build's, the code its module's.
std::string code_key(const Program& program, const std::string& identity) {
    return fmt::format("{}\n{}:{}\n", STOOP_BUILD_ID, identity.size(), identity) + encode(program);
}

}  // namespace

static void match_block(const void* of, const EventBlock& block, Scratch* scratch, uint32_t limit,
                        std::vector<Hit>& hits) {
    const auto& tables = *static_cast<const MatchTables*>(of);
    match_wanted(tables.match, tables.wanted, of, block, *scratch, limit, hits);
}

struct NativeCode::Parts {
    MatchTables tables;
    std::unique_ptr<LinkedCode> code;
    bool from_cache = false;
};

NativeCode::NativeCode(std::unique_ptr<Parts> parts)
    : parts_(std::move(parts)),
      engine_{parts_->tables.match, &parts_->tables, match_block, &parts_->tables.wanted} {}
NativeCode::~NativeCode() = default;

bool NativeCode::from_cache() const { return parts_->from_cache; }

std::unique_ptr<NativeCode> NativeCode::compile(const PreparedProgram& program, std::string& error,
                                                CodeOptions options) {
    // Code with lines depends on the names of files, and is wanted seldom.
    const CodeCache* cache = options.lines ? nullptr : options.cache;
    const CodeGenerator* generator = code_generator(options.module, error);
    if (!generator) return nullptr;
    auto parts = std::make_unique<Parts>();
    parts->tables = prepare(program, Use::Code);
    std::string key;
    if (cache) {
        std::string identity = generator->identity(error);
        if (identity.empty()) return nullptr;
        key = code_key(program, identity);
        if (auto object = cache->find(key)) {
            parts->code = generator->link(*object, {}, false, error);
            parts->from_cache = parts->code != nullptr;
        }
    }
    if (!parts->code) {
        std::string object = generator->object(parts->tables, options.lines, error);
        if (object.empty()) return nullptr;
        parts->code = generator->link(object, {}, options.lines, error);
        if (!parts->code) return nullptr;
        if (cache) cache->put(key, object);
    }
    parts->tables.match = parts->code->functions().match;
    parts->tables.conditions = parts->code->functions().conditions;
    return std::unique_ptr<NativeCode>(new NativeCode(std::move(parts)));
}

std::string emit_ir(const PreparedProgram& program, std::string& error) {
    const CodeGenerator* generator = code_generator("", error);
    return generator ? generator->ir(prepare(program, Use::Code), error) : "";
}

std::string emit_asm(const PreparedProgram& program, std::string& error) {
    const CodeGenerator* generator = code_generator("", error);
    return generator ? generator->assembly(prepare(program, Use::Code), error) : "";
}

std::string native_code_identity(std::string& error, const std::string& module) {
    const CodeGenerator* generator = code_generator(module, error);
    return generator ? generator->identity(error) : "";
}

std::jthread expect_native_code() {
    return try_start([] {
        std::string error;
        code_generator("", error);
    });
}

}  // namespace stoop
