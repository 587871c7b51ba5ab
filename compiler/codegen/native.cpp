#include "compiler/codegen/native.h"

#include <llvm/ExecutionEngine/Orc/ExecutionUtils.h>
#include <llvm/ExecutionEngine/Orc/LLJIT.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Target/TargetMachine.h>

#include "compiler/codegen/emit.h"

namespace stoop {
namespace {

namespace orc = llvm::orc;

// The best code for a few rules. For more it is a sixth of the time to compile and 5 % more to match: what an
// event costs then is finding its candidates, which generated code has little part in.
constexpr size_t kLargePlan = 300;  // nodes
bool is_large(const Plan& plan) { return plan.nodes.size() > kLargePlan; }

llvm::Expected<orc::JITTargetMachineBuilder> host_builder(const Plan& plan) {
    static const bool initialised =
        !llvm::InitializeNativeTarget() && !llvm::InitializeNativeTargetAsmPrinter();
    if (!initialised) return llvm::createStringError("LLVM knows no code generator for this machine");
    auto builder = orc::JITTargetMachineBuilder::detectHost();
    if (builder)
        builder->setCodeGenOptLevel(is_large(plan) ? llvm::CodeGenOptLevel::None
                                                   : llvm::CodeGenOptLevel::Default);
    return builder;
}

llvm::Expected<std::unique_ptr<llvm::TargetMachine>> host_machine(const Plan& plan) {
    auto builder = host_builder(plan);
    if (!builder) return builder.takeError();
    return builder->createTargetMachine();
}

std::unique_ptr<llvm::Module> optimised(const Plan& plan, llvm::LLVMContext& context,
                                        llvm::TargetMachine& machine, MatchProgram& program) {
    auto module = emit_module(plan, context, program);
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

}  // namespace

struct NativeProgram::Jit {
    std::unique_ptr<orc::LLJIT> lljit;
    std::unique_ptr<MatchProgram> program;
};

NativeProgram::NativeProgram(std::unique_ptr<Jit> jit, Engine engine)
    : jit_(std::move(jit)), engine_(engine) {}
NativeProgram::~NativeProgram() = default;

Engine NativeProgram::engine() const { return engine_; }

std::unique_ptr<NativeProgram> NativeProgram::compile(const Plan& plan, std::string& error) {
    auto made = [&]() -> llvm::Expected<std::unique_ptr<NativeProgram>> {
        auto builder = host_builder(plan);
        if (!builder) return builder.takeError();
        auto machine = builder->createTargetMachine();
        if (!machine) return machine.takeError();
        auto context = std::make_unique<llvm::LLVMContext>();
        auto program = std::make_unique<MatchProgram>();
        auto module = optimised(plan, *context, **machine, *program);
        auto lljit = orc::LLJITBuilder().setJITTargetMachineBuilder(std::move(*builder)).create();
        if (!lljit) return lljit.takeError();
        orc::JITDylib& library = (*lljit)->getMainJITDylib();
        auto process = orc::DynamicLibrarySearchGenerator::GetForCurrentProcess(
            (*lljit)->getDataLayout().getGlobalPrefix());
        if (!process) return process.takeError();
        library.addGenerator(std::move(*process));
        auto exported = [](auto* function) {
            return orc::ExecutorSymbolDef(orc::ExecutorAddr::fromPtr(function),
                                          llvm::JITSymbolFlags::Exported);
        };
        if (auto fault = library.define(orc::absoluteSymbols({
                {(*lljit)->mangleAndIntern(kTestSymbol), exported(&test_atom)},
                {(*lljit)->mangleAndIntern(kBeginSymbol), exported(&begin_event)},
                {(*lljit)->mangleAndIntern(kAddSymbol), exported(&add_candidates)},
                {(*lljit)->mangleAndIntern(kLookSymbol), exported(&look_up)},
                {(*lljit)->mangleAndIntern(kEvaluateSymbol), exported(&evaluate_candidates)},
            })))
            return fault;
        if (auto fault = (*lljit)->addIRModule(orc::ThreadSafeModule(std::move(module), std::move(context))))
            return fault;
        auto symbol = (*lljit)->lookup(kMatchSymbol);
        if (!symbol) return symbol.takeError();
        Engine engine{symbol->toPtr<MatchFunction>(), program.get()};
        auto jit = std::make_unique<Jit>(Jit{std::move(*lljit), std::move(program)});
        return std::unique_ptr<NativeProgram>(new NativeProgram(std::move(jit), engine));
    }();
    if (made) return std::move(*made);
    error = llvm::toString(made.takeError());
    return nullptr;
}

std::string emit_ir(const Plan& plan) {
    auto machine = host_machine(plan);
    if (!machine) return "; " + llvm::toString(machine.takeError()) + "\n";
    llvm::LLVMContext context;
    std::string out;
    llvm::raw_string_ostream stream(out);
    MatchProgram program;
    optimised(plan, context, **machine, program)->print(stream, nullptr);
    return out;
}

std::string emit_asm(const Plan& plan) {
    auto machine = host_machine(plan);
    if (!machine) return "# " + llvm::toString(machine.takeError()) + "\n";
    llvm::LLVMContext context;
    MatchProgram program;
    auto module = optimised(plan, context, **machine, program);
    llvm::SmallString<0> out;
    llvm::raw_svector_ostream stream(out);
    llvm::legacy::PassManager passes;
    if ((*machine)->addPassesToEmitFile(passes, stream, nullptr, llvm::CodeGenFileType::AssemblyFile))
        return "# LLVM writes no assembly for this machine\n";
    passes.run(*module);
    return std::string(out);
}

}  // namespace stoop
