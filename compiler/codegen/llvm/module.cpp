// What the module exports: from a plan to object code, and from object code to something that can be called.
#include "compiler/codegen/module.h"

#include <dlfcn.h>
#include <link.h>
#include <llvm/Config/llvm-config.h>
#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/TargetParser/Host.h>

#include "compiler/codegen/llvm/emit.h"

namespace stoop {
namespace {

namespace orc = llvm::orc;

// The best code for a few rules. For more it is a sixth of the time to compile and 5 % more to match: what an
// event costs then is finding its candidates, which generated code has little part in.
constexpr size_t kLargePlan = 300;  // nodes
bool is_large(const Plan& plan) { return plan.nodes.size() > kLargePlan; }

llvm::Expected<orc::JITTargetMachineBuilder> host_builder() {
    static const bool initialised =
        !llvm::InitializeNativeTarget() && !llvm::InitializeNativeTargetAsmPrinter();
    if (!initialised) return llvm::createStringError("LLVM knows no code generator for this machine");
    auto builder = orc::JITTargetMachineBuilder::detectHost();
    // The code is placed and linked as a library would be, wherever there is room.
    if (builder) builder->setRelocationModel(llvm::Reloc::PIC_).setCodeModel(llvm::CodeModel::Small);
    return builder;
}

llvm::Expected<std::unique_ptr<llvm::TargetMachine>> host_machine(const Plan& plan) {
    auto builder = host_builder();
    if (!builder) return builder.takeError();
    builder->setCodeGenOptLevel(is_large(plan) ? llvm::CodeGenOptLevel::None
                                               : llvm::CodeGenOptLevel::Default);
    return builder->createTargetMachine();
}

std::unique_ptr<llvm::Module> optimised(const Plan& plan, const Dispatch& dispatch,
                                        llvm::LLVMContext& context, llvm::TargetMachine& machine) {
    auto module = emit_module(plan, dispatch, context);
    module->setDataLayout(machine.createDataLayout());
    module->setTargetTriple(machine.getTargetTriple().str());
    if (is_large(plan)) return module;
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
    passes.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O1).run(*module, modules);
    return module;
}

// Calls `use` with the optimised code and its machine; what that writes is returned.
template <typename Use>
std::string generate(const Plan& plan, const Dispatch& dispatch, std::string& error, Use&& use) {
    auto machine = host_machine(plan);
    if (!machine) {
        error = llvm::toString(machine.takeError());
        return "";
    }
    llvm::LLVMContext context;
    auto module = optimised(plan, dispatch, context, **machine);
    llvm::SmallString<0> out;
    llvm::raw_svector_ostream stream(out);
    use(*module, **machine, stream);
    return std::string(out);
}

std::string emit_file(const Plan& plan, const Dispatch& dispatch, std::string& error,
                      llvm::CodeGenFileType type) {
    auto write = [&](llvm::Module& module, llvm::TargetMachine& machine, llvm::raw_pwrite_stream& stream) {
        llvm::legacy::PassManager passes;
        if (machine.addPassesToEmitFile(passes, stream, nullptr, type))
            error = "LLVM writes no such file for this machine";
        else
            passes.run(module);
    };
    return generate(plan, dispatch, error, write);
}

std::string object(const Plan& plan, const Dispatch& dispatch, std::string& error) {
    return emit_file(plan, dispatch, error, llvm::CodeGenFileType::ObjectFile);
}

std::string assembly(const Plan& plan, const Dispatch& dispatch, std::string& error) {
    return emit_file(plan, dispatch, error, llvm::CodeGenFileType::AssemblyFile);
}

std::string ir(const Plan& plan, const Dispatch& dispatch, std::string& error) {
    auto write = [](llvm::Module& module, llvm::TargetMachine&, llvm::raw_ostream& stream) {
        module.print(stream, nullptr);
    };
    return generate(plan, dispatch, error, write);
}

class Linked : public LinkedCode {
  public:
    Linked(std::unique_ptr<orc::LLJIT> jit, MatchFunction function)
        : jit_(std::move(jit)), function_(function) {}
    MatchFunction function() const override { return function_; }

  private:
    std::unique_ptr<orc::LLJIT> jit_;
    MatchFunction function_;
};

llvm::Expected<std::unique_ptr<LinkedCode>> try_link(std::string_view object, const Primitives& primitives) {
    auto builder = host_builder();
    if (!builder) return builder.takeError();
    auto jit = orc::LLJITBuilder().setJITTargetMachineBuilder(std::move(*builder)).create();
    if (!jit) return jit.takeError();
    orc::SymbolMap symbols;
    auto define = [&](const char* name, auto* function) {
        symbols[(*jit)->mangleAndIntern(name)] = {orc::ExecutorAddr::fromPtr(function),
                                                  llvm::JITSymbolFlags::Exported};
    };
    define(kBeginSymbol, primitives.event);
    define(kTestSymbol, primitives.test);
    define(kRuleSymbol, primitives.rule);
    define(kAddSymbol, primitives.add);
    define(kLookSymbol, primitives.look);
    define(kEvaluateSymbol, primitives.evaluate);
    define(kCompareSymbol, &bcmp);
    if (auto fault = (*jit)->getMainJITDylib().define(orc::absoluteSymbols(std::move(symbols)))) return fault;
    auto copy = llvm::MemoryBuffer::getMemBufferCopy({object.data(), object.size()}, "rules");
    if (auto fault = (*jit)->addObjectFile(std::move(copy))) return fault;
    auto symbol = (*jit)->lookup(kMatchSymbol);
    if (!symbol) return symbol.takeError();
    return std::make_unique<Linked>(std::move(*jit), symbol->toPtr<MatchFunction>());
}

std::unique_ptr<LinkedCode> link(std::string_view object, const Primitives& primitives, std::string& error) {
    auto made = try_link(object, primitives);
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
    out += build_id(reinterpret_cast<const void*>(&identity)) + ' ' +
           build_id(reinterpret_cast<const void*>(&llvm::sys::getHostCPUName));
    return out;
}

}  // namespace
}  // namespace stoop

extern "C" __attribute__((visibility("default"))) const stoop::CodeGenerator stoop_code_generator;
const stoop::CodeGenerator stoop_code_generator = {
    &stoop::identity, &stoop::object, &stoop::link, &stoop::ir, &stoop::assembly,
};
