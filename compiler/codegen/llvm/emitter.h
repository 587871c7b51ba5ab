// SPDX-License-Identifier: Apache-2.0
// What makes the module of a program: emit.cpp does the rule set (types, looks, rules, conditions),
// emit_literals.cpp looks for literals, emit_atom.cpp single comparisons. Private to compiler/codegen/llvm.
#pragma once

#include <llvm/IR/IRBuilder.h>

#include <map>
#include <optional>

#include "compiler/codegen/llvm/debug_lines.h"
#include "compiler/codegen/llvm/emit.h"

namespace stoop {

using llvm::BasicBlock;
using llvm::Function;

// Whether native code does the comparison itself, given that the left side is a present
// slot.
bool simple(const AtomTable& table);

class Emitter {
  public:
    Emitter(const MatchTables& tables, const Layout& layout, const Part& part, bool lines,
            llvm::LLVMContext& context)
        : program_(*tables.program),
          tables_(tables),
          layout_(layout),
          part_(part),
          context_(context),
          module_(std::make_unique<llvm::Module>("rules", context)),
          b_(context),
          i1_(b_.getInt1Ty()),
          i8_(b_.getInt8Ty()),
          i16_(b_.getInt16Ty()),
          i32_(b_.getInt32Ty()),
          i64_(b_.getInt64Ty()),
          ptr_(b_.getPtrTy()) {
        if (lines) lines_.emplace(*module_);
    }

    std::unique_ptr<llvm::Module> run();

    // Where to go on if the value is this text.
    struct TextCase {
        std::string_view text;
        BasicBlock* to;
    };

  private:
    // A function that this module has or another one.
    Function* function(const std::string& name, llvm::FunctionType* type);
    Function* node_function(uint32_t node) { return function("node" + std::to_string(node), node_type_); }
    Function* bucket_function(size_t index) {
        return function("bucket" + std::to_string(index), match_type_);
    }
    template <typename Evaluate>
    void emit_verdict(Function* function, const std::string& name, uint32_t memo, Evaluate&& evaluate);
    void emit_function(uint32_t node);
    void branch_rule(uint32_t rule, BasicBlock* yes, BasicBlock* no);
    void emit_conditions();
    Function* condition_function(uint32_t rule);
    void emit_match();
    void emit_bucket(size_t index);
    void emit_chain(const Bucket& bucket, llvm::Value* fired, llvm::Value* limit);
    void emit_looks(const Bucket& bucket, size_t index, llvm::Value* fired, llvm::Value* limit);
    llvm::Value* guards(const std::vector<uint32_t>& atoms);
    llvm::Value* holds_all(llvm::Value* held, uint32_t guards);
    template <typename Then>
    void when(llvm::Value* wanted, Then&& then);
    llvm::Value* wanted(const Bucket::Look::Part& part, llvm::Value* held);
    llvm::Value* wanted_places(const Bucket::Look& look, llvm::Value* held);
    void add_to(llvm::Value* set, llvm::Value* members) {
        b_.CreateStore(b_.CreateOr(b_.CreateLoad(i64_, set), members), set);
    }
    llvm::Value* empty_set() {
        llvm::Value* out = b_.CreateAlloca(i64_);
        b_.CreateStore(b_.getInt64(0), out);
        return out;
    }
    void add_found(const Prefilter::Literal& literal, llvm::Value* held);
    void switch_on_text(const std::vector<TextCase>& cases, llvm::Value* slot, BasicBlock* otherwise);
    void find_equal(const std::vector<const Prefilter::Literal*>& literals, llvm::Value* held,
                    llvm::Value* slot);
    void find_ends(const std::map<std::string, const Prefilter::Literal*>& literals, bool reversed,
                   llvm::Value* held, llvm::Value* slot);
    void find_in_place(const Bucket::Look& look, const std::vector<Prefilter::Literal>& literals,
                       llvm::Value* held, llvm::Value* slot);
    llvm::Value* may_have_pair(const BytePair& pair, char fold, llvm::Value* slot);
    llvm::Value* join(BasicBlock* a, llvm::Value* from_a, BasicBlock* b, llvm::Value* from_b);
    bool needs_memory(uint32_t node) const;
    llvm::CallInst* call(const char* symbol, llvm::Type* result, llvm::ArrayRef<llvm::Value*> arguments);
    // Branches to `yes` or `no` by the verdict of the node.
    void branch(uint32_t node, BasicBlock* yes, BasicBlock* no);
    void branch_inline(uint32_t node, BasicBlock* yes, BasicBlock* no);
    // The verdict without branches, if it can be had in a few instructions; else nothing.
    llvm::Value* verdict_in_place(const AtomTable& table);
    void branch_atom(uint32_t index, BasicBlock* yes, BasicBlock* no);
    void branch_numbers(const Atom& atom, llvm::Value* slot, BasicBlock* yes, BasicBlock* no);
    void branch_bytes(const Atom& atom, llvm::Value* slot, BasicBlock* yes, BasicBlock* no);
    llvm::Value* text(std::string_view constant);  // its address
    llvm::Value* bytes_equal(llvm::Value* data, std::string_view constant);
    llvm::Value* slot_address(uint32_t slot) {
        return b_.CreateConstInBoundsGEP1_64(i8_, slots_, uint64_t{slot} * sizeof(Value));
    }
    llvm::Value* is_present(llvm::Value* slot) {
        return b_.CreateICmpEQ(member(slot, offsetof(Value, state), i8_),
                               b_.getInt8(static_cast<uint8_t>(State::Present)));
    }
    llvm::Value* memory(uint32_t index) { return b_.CreateConstInBoundsGEP1_64(i32_, memory_, index); }
    llvm::Value* member(llvm::Value* slot, uint64_t offset, llvm::Type* type) {
        return b_.CreateLoad(type, b_.CreateConstInBoundsGEP1_64(i8_, slot, offset));
    }
    BasicBlock* block(const char* name) {
        return BasicBlock::Create(context_, name, b_.GetInsertBlock()->getParent());
    }
    void begin(Function* function, const std::string& name);
    // What is emitted next is of this place; see debug_lines.h.
    void stand_at(const Place* place);
    void stand_at(uint32_t node) {
        const SourceMap& map = program_.source_map;
        stand_at(node < map.nodes.size() ? &map.place(node) : nullptr);
    }

    const PreparedProgram& program_;
    const MatchTables& tables_;
    const Layout& layout_;
    const Part& part_;
    llvm::LLVMContext& context_;
    std::unique_ptr<llvm::Module> module_;
    llvm::IRBuilder<> b_;
    llvm::Type *i1_, *i8_, *i16_, *i32_, *i64_, *ptr_;
    std::optional<DebugLines> lines_;  // none if they are not wanted

    llvm::FunctionType* node_type_ = nullptr;   // of that function
    llvm::FunctionType* match_type_ = nullptr;  // of a match, and of its part in a bucket
    // In the function that is being made:
    llvm::Value *self_ = nullptr, *slots_ = nullptr, *scratch_ = nullptr, *memory_ = nullptr;
    // Where the members that were found are gathered, as bits, and those that cannot fire; nothing in a
    // bucket that does not fit a word.
    llvm::Value *found_ = nullptr, *excluded_ = nullptr;
    const KnownAtoms* known_ = nullptr;  // what the event type alone tells of atoms
};

// What `then` emits is done where the condition holds.
template <typename Then>
void Emitter::when(llvm::Value* wanted, Then&& then) {
    BasicBlock* begin = block("wanted");
    BasicBlock* behind = block("behind");
    b_.CreateCondBr(wanted, begin, behind);
    b_.SetInsertPoint(begin);
    then();
    b_.CreateBr(behind);
    b_.SetInsertPoint(behind);
}

}  // namespace stoop
