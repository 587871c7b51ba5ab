// SPDX-License-Identifier: Apache-2.0
// What the module exports: from a program to object code, and from object code to something that can be
// called.
#include "compiler/codegen/module.h"

#include <dlfcn.h>
#include <link.h>
#include <llvm/Config/llvm-config.h>
#include <llvm/ExecutionEngine/Orc/DebugObjectManagerPlugin.h>
#include <llvm/ExecutionEngine/Orc/EPCDebugObjectRegistrar.h>
#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h>
#include <llvm/ExecutionEngine/Orc/TargetProcess/JITLoaderGDB.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/Object/ObjectFile.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/TargetParser/Host.h>

#include <cstring>
#include <optional>

#include "compiler/codegen/llvm/emit.h"
#include "compiler/codegen/llvm/perf_map.h"
#include "runtime/base/parallel.h"
#include "stoop_build_id.h"

namespace stoop {
namespace {

namespace orc = llvm::orc;

// Of more than a few rules the conditions, which are evaluated seldom, get code that is made in a fifth of
// the time; what a match runs through on every event gets the best there is. docs/performance.md has the
// figures.
constexpr size_t kLargeProgram = 300;  // nodes

llvm::Expected<orc::JITTargetMachineBuilder> host_builder() {
    static const bool initialised =
        !llvm::InitializeNativeTarget() && !llvm::InitializeNativeTargetAsmPrinter();
    if (!initialised) return llvm::createStringError("LLVM knows no code generator for this machine");
    auto builder = orc::JITTargetMachineBuilder::detectHost();
    // The code is placed and linked as a library would be, wherever there is room.
    if (builder) builder->setRelocationModel(llvm::Reloc::PIC_).setCodeModel(llvm::CodeModel::Small);
    return builder;
}

void optimise(llvm::Module& module, llvm::TargetMachine& machine) {
    llvm::LoopAnalysisManager loops;
    llvm::FunctionAnalysisManager functions;
    llvm::CGSCCAnalysisManager calls;
    llvm::ModuleAnalysisManager modules;
    llvm::PassBuilder passes(&machine);
    passes.registerModuleAnalyses(modules);
    passes.registerCGSCCAnalyses(calls);
    passes.registerFunctionAnalyses(functions);
    passes.registerLoopAnalyses(loops);
    passes.crossRegisterProxies(loops, functions, calls, modules);
    passes.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O1).run(module, modules);
}

// Calls `use` with each module, as the code generator gets it, its machine and where to put what it makes of
// them; returns all that, in order. Nothing, and `error` set, if there is no code generator or `use` returns
// what went wrong.
template <typename Use>
std::vector<std::string> for_each_module(const MatchTables& tables, bool lines, std::string& error,
                                         Use&& use) {
    const Layout layout = lay_out(tables);
    const std::vector<Part> all = parts(tables, layout, tables.program->nodes.size() > kLargeProgram);
    std::vector<std::string> out(all.size()), errors(all.size());
    parallel_for(all.size(), all_cores(), [&](size_t i) {
        bool best = !all[i].buckets.empty();
        auto builder = host_builder();
        if (builder)
            builder->setCodeGenOptLevel(best ? llvm::CodeGenOptLevel::Default : llvm::CodeGenOptLevel::None);
        auto machine = builder ? builder->createTargetMachine() : builder.takeError();
        if (!machine) {
            errors[i] = llvm::toString(machine.takeError());
            return;
        }
        llvm::LLVMContext context;
        auto module = emit_module(tables, layout, all[i], lines, context);
        module->setDataLayout((*machine)->createDataLayout());
        module->setTargetTriple((*machine)->getTargetTriple().str());
        if (best) optimise(*module, **machine);
        errors[i] = use(*module, **machine, out[i]);
    });
    for (const std::string& problem : errors)
        if (error.empty()) error = problem;
    if (!error.empty()) out.clear();
    return out;
}

// A file of each module; nothing, and `error` set, if they cannot be had.
std::vector<std::string> emit_files(const MatchTables& tables, bool lines, std::string& error,
                                    llvm::CodeGenFileType type) {
    auto emit = [&](llvm::Module& module, llvm::TargetMachine& machine, std::string& out) {
        llvm::SmallString<0> file;
        llvm::raw_svector_ostream stream(file);
        llvm::legacy::PassManager passes;
        if (machine.addPassesToEmitFile(passes, stream, nullptr, type))
            return "LLVM writes no such file for this machine";
        passes.run(module);
        out = std::string(file);
        return "";
    };
    return for_each_module(tables, lines, error, emit);
}

// The object files one after the other, each behind its size.
std::string object(const MatchTables& tables, bool lines, std::string& error) {
    std::string out;
    for (const std::string& file : emit_files(tables, lines, error, llvm::CodeGenFileType::ObjectFile)) {
        uint64_t size = file.size();
        out.append(reinterpret_cast<const char*>(&size), sizeof size);
        out += file;
    }
    return out;
}

// None if the sizes do not add up.
std::vector<std::string_view> object_files(std::string_view object) {
    std::vector<std::string_view> out;
    while (!object.empty()) {
        uint64_t size;
        if (object.size() < sizeof size) return {};
        std::memcpy(&size, object.data(), sizeof size);
        object.remove_prefix(sizeof size);
        if (size > object.size()) return {};
        out.push_back(object.substr(0, size));
        object.remove_prefix(size);
    }
    return out;
}

std::string all_of(const std::vector<std::string>& files) {
    std::string out;
    for (const std::string& file : files) out += file;
    return out;
}

std::string assembly(const MatchTables& tables, std::string& error) {
    return all_of(emit_files(tables, false, error, llvm::CodeGenFileType::AssemblyFile));
}

std::string ir(const MatchTables& tables, std::string& error) {
    auto print = [](llvm::Module& module, llvm::TargetMachine&, std::string& out) {
        llvm::raw_string_ostream stream(out);
        module.print(stream, nullptr);
        return "";
    };
    return all_of(for_each_module(tables, false, error, print));
}

class Linked : public LinkedCode {
  public:
    Linked(std::unique_ptr<orc::LLJIT> jit, Functions functions)
        : jit_(std::move(jit)), functions_(functions) {}
    Functions functions() const override { return functions_; }

  private:
    std::unique_ptr<orc::LLJIT> jit_;
    Functions functions_;
};

llvm::Error tell_gdb(orc::LLJIT& jit) {
    auto* layer = llvm::dyn_cast<orc::ObjectLinkingLayer>(&jit.getObjLinkingLayer());
    if (!layer) return llvm::createStringError("LLVM links in another way on this machine");
    // By its address: in this library a search by name would not find it.
    auto registering = orc::ExecutorAddr::fromPtr(&llvm_orc_registerJITLoaderGDBWrapper);
    orc::ExecutionSession& session = jit.getExecutionSession();
    layer->addPlugin(std::make_unique<orc::DebugObjectManagerPlugin>(
        session, std::make_unique<orc::EPCDebugObjectRegistrar>(session, registering), true, true));
    return llvm::Error::success();
}

// Where the code of a file begins, by where one of its functions is now. Nothing if it has none.
llvm::Expected<std::optional<uint64_t>> text_address(const llvm::object::ObjectFile& file, orc::LLJIT& jit) {
    for (const llvm::object::SymbolRef& symbol : file.symbols()) {
        auto flags = symbol.getFlags();
        auto type = symbol.getType();
        auto name = symbol.getName();
        auto offset = symbol.getAddress();
        if (!flags || !type || !name || !offset) continue;
        if (*type != llvm::object::SymbolRef::ST_Function || !(*flags & llvm::object::SymbolRef::SF_Global) ||
            (*flags & llvm::object::SymbolRef::SF_Undefined))
            continue;
        auto address = jit.lookupLinkerMangled(*name);
        if (!address) return address.takeError();
        return address->getValue() - *offset;
    }
    return std::nullopt;
}

llvm::Error tell_perf(const std::vector<std::string_view>& files, orc::LLJIT& jit) {
    for (std::string_view bytes : files) {
        auto file = llvm::object::ObjectFile::createObjectFile(
            llvm::MemoryBufferRef({bytes.data(), bytes.size()}, ""));
        if (!file) return file.takeError();
        auto text = text_address(**file, jit);
        if (!text) return text.takeError();
        if (!*text) continue;
        if (std::string problem = append_to_perf_map(**file, **text); !problem.empty())
            return llvm::createStringError(problem);
    }
    return llvm::Error::success();
}

llvm::Expected<std::unique_ptr<LinkedCode>> try_link(std::string_view object, const Primitives& primitives,
                                                     bool lines) {
    auto builder = host_builder();
    if (!builder) return builder.takeError();
    auto jit = orc::LLJITBuilder().setJITTargetMachineBuilder(std::move(*builder)).create();
    if (!jit) return jit.takeError();
    if (lines)
        if (auto fault = tell_gdb(**jit)) return fault;
    orc::SymbolMap symbols;
    auto define = [&](const char* name, auto* function) {
        symbols[(*jit)->mangleAndIntern(name)] = {orc::ExecutorAddr::fromPtr(function),
                                                  llvm::JITSymbolFlags::Exported};
    };
    define(kBeginSymbol, primitives.event);
    define(kTestSymbol, primitives.test);
    define(kExceptedSymbol, primitives.excepted);
    define(kWalkSymbol, primitives.walk);
    define(kRegexSymbol, primitives.regex);
    define(kContainsSymbol, primitives.contains);
    define(kFindSymbol, primitives.find);
    define(kFindRangeSymbol, primitives.find_range);
    define(kEvaluateFoundSymbol, primitives.evaluate_found);
    define(kAddSymbol, primitives.add);
    define(kLookSymbol, primitives.look);
    define(kLookRangeSymbol, primitives.look_range);
    define(kEvaluateSymbol, primitives.evaluate);
    define(kCompareSymbol, &bcmp);
    if (auto fault = (*jit)->getMainJITDylib().define(orc::absoluteSymbols(std::move(symbols)))) return fault;
    for (std::string_view file : object_files(object)) {
        auto copy = llvm::MemoryBuffer::getMemBufferCopy({file.data(), file.size()}, "rules");
        if (auto fault = (*jit)->addObjectFile(std::move(copy))) return fault;
    }
    LinkedCode::Functions functions;
    auto find = [&](const char* name, auto& function) -> llvm::Error {
        auto symbol = (*jit)->lookup(name);
        if (!symbol) return symbol.takeError();
        function = symbol->template toPtr<std::remove_reference_t<decltype(function)>>();
        return llvm::Error::success();
    };
    if (auto fault = find(kMatchSymbol, functions.match)) return fault;
    if (auto fault = find(kConditionsSymbol, functions.conditions)) return fault;
    if (lines)
        if (auto fault = tell_perf(object_files(object), **jit)) return fault;
    return std::make_unique<Linked>(std::move(*jit), functions);
}

std::unique_ptr<LinkedCode> link(std::string_view object, const Primitives& primitives, bool lines,
                                 std::string& error) {
    auto made = try_link(object, primitives, lines);
    if (made) return std::move(*made);
    error = llvm::toString(made.takeError());
    return nullptr;
}

// The mark that the linker gave the library which `address` is in: another one for other contents.
std::string build_id(const void* address) {
    struct Search {
        uintptr_t address;
        std::string found;
    } search{reinterpret_cast<uintptr_t>(address), ""};
    auto visit = [](dl_phdr_info* library, size_t, void* data) {
        auto& wanted = *static_cast<Search*>(data);
        bool inside = false;
        for (int i = 0; i < library->dlpi_phnum; ++i) {
            const auto& part = library->dlpi_phdr[i];
            uintptr_t begin = library->dlpi_addr + part.p_vaddr;
            inside = inside || (part.p_type == PT_LOAD && begin <= wanted.address &&
                                wanted.address < begin + part.p_memsz);
        }
        if (!inside) return 0;
        for (int i = 0; i < library->dlpi_phnum; ++i) {
            const auto& part = library->dlpi_phdr[i];
            if (part.p_type != PT_NOTE) continue;
            const char* at = reinterpret_cast<const char*>(library->dlpi_addr + part.p_vaddr);
            for (const char* end = at + part.p_memsz; at + sizeof(ElfW(Nhdr)) <= end;) {
                const auto& note = *reinterpret_cast<const ElfW(Nhdr)*>(at);
                auto padded = [](size_t size) { return (size + 3) & ~size_t{3}; };
                const char* content = at + sizeof note + padded(note.n_namesz);
                if (note.n_type == NT_GNU_BUILD_ID) wanted.found.assign(content, note.n_descsz);
                at = content + padded(note.n_descsz);
            }
        }
        return 1;
    };
    dl_iterate_phdr(visit, &search);
    return search.found;
}

std::string identity(std::string& error) {
    auto builder = host_builder();
    if (!builder) {
        error = llvm::toString(builder.takeError());
        return "";
    }
    std::string out = LLVM_VERSION_STRING;
    out += ' ' + builder->getTargetTriple().str() + ' ' + builder->getCPU() + ' ' +
           builder->getFeatures().getString() + ' ';
    return out + build_id(reinterpret_cast<const void*>(&identity));
}

}  // namespace
}  // namespace stoop

extern "C" __attribute__((visibility("default"))) const stoop::CodeGenerator stoop_code_generator;
const stoop::CodeGenerator stoop_code_generator = {
    stoop::kModuleAbi, STOOP_BUILD_ID, &stoop::identity, &stoop::object,
    &stoop::link,      &stoop::ir,     &stoop::assembly,
};
