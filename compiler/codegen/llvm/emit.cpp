// SPDX-License-Identifier: Apache-2.0
#include "compiler/codegen/llvm/emit.h"

#include <llvm/IR/Verifier.h>

#include <algorithm>
#include <numeric>
#include <span>
#include <stdexcept>

#include "compiler/codegen/llvm/emitter.h"

namespace stoop {
void Emitter::begin(Function* function, const std::string& name) {
    b_.SetInsertPoint(BasicBlock::Create(context_, "entry", function));
    if (lines_) lines_->begin(*function, name);
    stand_at(nullptr);
    self_ = function->getArg(0);
    slots_ = function->getArg(1);
    scratch_ = memory_ = nullptr;
    known_ = nullptr;
}

void Emitter::stand_at(const Place* place) {
    if (lines_) b_.SetCurrentDebugLocation(lines_->at(place));
}

llvm::CallInst* Emitter::call(const char* symbol, llvm::Type* result,
                              llvm::ArrayRef<llvm::Value*> arguments) {
    std::vector<llvm::Type*> types;
    for (llvm::Value* argument : arguments) types.push_back(argument->getType());
    auto callee = module_->getOrInsertFunction(symbol, llvm::FunctionType::get(result, types, false));
    if (auto* function = llvm::dyn_cast<Function>(callee.getCallee()); function && result == i1_)
        function->addRetAttr(llvm::Attribute::ZExt);
    return b_.CreateCall(callee, arguments);
}

std::unique_ptr<llvm::Module> Emitter::run() {
    node_type_ = llvm::FunctionType::get(i1_, {ptr_, ptr_, ptr_, ptr_}, false);
    match_type_ = llvm::FunctionType::get(i32_, {ptr_, ptr_, i16_, ptr_, ptr_, i32_}, false);
    for (uint32_t node : part_.functions) emit_function(node);
    if (part_.conditions) emit_conditions();
    for (uint32_t bucket : part_.buckets) emit_bucket(bucket);
    if (part_.entry) emit_match();
    if (lines_) lines_->finish();
    std::string fault;
    llvm::raw_string_ostream stream(fault);
    if (llvm::verifyModule(*module_, &stream))
        throw std::logic_error("generated code is not valid: " + fault);
    return std::move(module_);
}

Function* Emitter::function(const std::string& name, llvm::FunctionType* type) {
    if (Function* known = module_->getFunction(name)) return known;
    auto* out = Function::Create(type, Function::ExternalLinkage, name, *module_);
    out->setVisibility(llvm::GlobalValue::HiddenVisibility);
    // Of a bucket: what saves its registers must not be on the way of events that no rule wants.
    out->addFnAttr(llvm::Attribute::NoInline);
    if (type->getReturnType() == i1_) out->addRetAttr(llvm::Attribute::ZExt);
    return out;
}

// A function of node_type_. `evaluate` branches to one of two blocks; what it says is remembered if there is
// memory for it.
template <typename Evaluate>
void Emitter::emit_verdict(Function* function, const std::string& name, uint32_t memo, Evaluate&& evaluate) {
    begin(function, name);
    scratch_ = function->getArg(2);
    memory_ = function->getArg(3);
    BasicBlock* yes = block("yes");
    BasicBlock* no = block("no");
    evaluate(yes, no);
    for (bool verdict : {true, false}) {
        b_.SetInsertPoint(verdict ? yes : no);
        if (memo != 0) {
            auto* event = b_.CreateLoad(i32_, memory_);
            b_.CreateStore(b_.CreateAdd(b_.CreateShl(event, 1), b_.getInt32(verdict)), memory(memo));
        }
        b_.CreateRet(b_.getInt1(verdict));
    }
}

void Emitter::emit_function(uint32_t node) {
    Function* function = node_function(node);
    emit_verdict(function, function->getName().str(), layout_.memo[node],
                 [&](BasicBlock* yes, BasicBlock* no) { branch_inline(node, yes, no); });
}

// The table of conditions by rule: a function where candidates are evaluated, else null.
void Emitter::emit_conditions() {
    std::vector<llvm::Constant*> functions(program_.rules.size(),
                                           llvm::ConstantPointerNull::get(b_.getPtrTy()));
    for (const Bucket& bucket : tables_.buckets)
        for (const Bucket::Member& member : bucket.members)
            if (!bucket.in_turn && layout_.compiled[member.rule] && functions[member.rule]->isNullValue())
                functions[member.rule] = condition_function(member.rule);
    auto* type = llvm::ArrayType::get(ptr_, functions.size());
    auto* table = llvm::ConstantArray::get(type, functions);
    new llvm::GlobalVariable(*module_, type, true, llvm::GlobalValue::ExternalLinkage, table,
                             kConditionsSymbol);
}

Function* Emitter::condition_function(uint32_t rule) {
    uint32_t node = program_.rules[rule].node;
    if (layout_.function[node] != 0 && layout_.memo[node] == 0) return node_function(node);
    auto* function = Function::Create(node_type_, Function::InternalLinkage, "rule", *module_);
    function->addRetAttr(llvm::Attribute::ZExt);
    emit_verdict(function, "rule", 0, [&](BasicBlock* yes, BasicBlock* no) { branch_rule(rule, yes, no); });
    return function;
}

// From the type of the event to its bucket.
void Emitter::emit_match() {
    auto* function = Function::Create(match_type_, Function::ExternalLinkage, kMatchSymbol, *module_);
    function->addParamAttr(2, llvm::Attribute::ZExt);
    begin(function, "match");
    auto* last = b_.getInt16(static_cast<uint16_t>(tables_.bucket_of.size() - 1));
    auto* event_type = function->getArg(2);
    auto* index = b_.CreateSelect(b_.CreateICmpUGE(event_type, last), last, event_type);
    BasicBlock* none = block("none");
    auto* choice = b_.CreateSwitch(index, none);
    std::vector<BasicBlock*> entries(tables_.buckets.size(), nullptr);
    for (size_t i = 0; i < tables_.bucket_of.size(); ++i) {
        uint32_t bucket = tables_.bucket_of[i];
        if (bucket == MatchTables::kNoBucket) continue;
        if (!entries[bucket]) entries[bucket] = block("bucket");
        choice->addCase(b_.getInt16(static_cast<uint16_t>(i)), entries[bucket]);
    }
    b_.SetInsertPoint(none);
    b_.CreateRet(b_.getInt32(0));
    std::vector<llvm::Value*> arguments;
    for (llvm::Argument& argument : function->args()) arguments.push_back(&argument);
    for (size_t i = 0; i < entries.size(); ++i) {
        b_.SetInsertPoint(entries[i]);
        auto* called = b_.CreateCall(bucket_function(i), arguments);
        called->setTailCall();
        b_.CreateRet(called);
    }
}

void Emitter::emit_bucket(size_t index) {
    const Bucket& bucket = tables_.buckets[index];
    Function* function = bucket_function(index);
    begin(function, "bucket");
    scratch_ = function->getArg(3);
    known_ = &tables_.prefilters[index].atoms;
    if (bucket.in_turn)
        emit_chain(bucket, function->getArg(4), function->getArg(5));
    else {
        if (bucket.mixed)
            b_.CreateStore(function->getArg(2),
                           b_.CreateConstInBoundsGEP1_64(i8_, scratch_, offsetof(Scratch, type)));
        emit_looks(bucket, index, function->getArg(4), function->getArg(5));
    }
    known_ = nullptr;
}

// Whether code for the node calls functions that use the memory, or writes to the scratch.
bool Emitter::needs_memory(uint32_t root) const {
    for (std::vector<uint32_t> open{root}; !open.empty();) {
        uint32_t node = open.back();
        open.pop_back();
        if (layout_.function[node] != 0) return true;
        if (layout_.nodes[node].kind == ProgramNode::Kind::Atom &&
            uses_scratch(program_.atoms[layout_.nodes[node].atom]))
            return true;
        open.insert(open.end(), layout_.nodes[node].children.begin(), layout_.nodes[node].children.end());
    }
    return false;
}

// Goes on where the two blocks meet; the number that each brings there.
llvm::Value* Emitter::join(BasicBlock* a, llvm::Value* from_a, BasicBlock* b, llvm::Value* from_b) {
    BasicBlock* next = block("next");
    for (BasicBlock* end : {a, b}) {
        b_.SetInsertPoint(end);
        b_.CreateBr(next);
    }
    b_.SetInsertPoint(next);
    llvm::PHINode* out = b_.CreatePHI(from_a->getType(), 2);
    out->addIncoming(from_a, a);
    out->addIncoming(from_b, b);
    return out;
}

// Few rules are tested in turn.
void Emitter::emit_chain(const Bucket& bucket, llvm::Value* fired, llvm::Value* limit) {
    bool memory = std::any_of(bucket.members.begin(), bucket.members.end(), [&](const auto& member) {
        return !layout_.compiled[member.rule] || needs_memory(program_.rules[member.rule].node);
    });
    if (memory) memory_ = call(kBeginSymbol, ptr_, {self_, scratch_});
    llvm::Value* count = b_.getInt32(0);
    BasicBlock* start = b_.GetInsertBlock();
    BasicBlock* done = block("done");
    b_.SetInsertPoint(done);
    llvm::PHINode* result = b_.CreatePHI(i32_, 2);
    b_.CreateRet(result);
    b_.SetInsertPoint(start);
    for (const auto& [rule, unused] : bucket.members) {
        BasicBlock* fires = block("fires");
        BasicBlock* goes_on = block("goes_on");
        BasicBlock* silent = block("silent");
        branch_rule(rule, fires, silent);
        b_.SetInsertPoint(fires);
        b_.CreateStore(b_.getInt32(rule), b_.CreateInBoundsGEP(i32_, fired, count));
        llvm::Value* more = b_.CreateAdd(count, b_.getInt32(1));
        b_.CreateCondBr(b_.CreateICmpULT(more, limit), goes_on, done);
        result->addIncoming(more, fires);
        count = join(goes_on, more, silent, count);
    }
    result->addIncoming(count, b_.GetInsertBlock());
    b_.CreateBr(done);
}

// The bits of those guards that hold.
llvm::Value* Emitter::guards(const std::vector<uint32_t>& atoms) {
    llvm::Value* out = b_.getInt32(0);
    for (uint32_t bit = 0; bit < atoms.size(); ++bit) {
        auto* mask = b_.getInt32(uint32_t{1} << bit);
        if (llvm::Value* holds = verdict_in_place(program_.tables[atoms[bit]])) {
            out = b_.CreateOr(out, b_.CreateSelect(holds, mask, b_.getInt32(0)));
            continue;
        }
        BasicBlock* holds = block("guard_holds");
        BasicBlock* fails = block("guard_fails");
        branch_atom(atoms[bit], holds, fails);
        b_.SetInsertPoint(holds);
        llvm::Value* with = b_.CreateOr(out, mask);
        out = join(holds, with, fails, out);
    }
    return out;
}

llvm::Value* Emitter::holds_all(llvm::Value* held, uint32_t guards) {
    auto* mask = b_.getInt32(guards);
    return b_.CreateICmpEQ(b_.CreateAnd(held, mask), mask);
}

// Whether a part of a look is worth it.
llvm::Value* Emitter::wanted(const Bucket::Look::Part& part, llvm::Value* held) {
    llvm::Value* out = b_.getFalse();
    for (uint32_t guards : part.needs) out = b_.CreateOr(out, holds_all(held, guards));
    return out;
}

// The places of those that are.
llvm::Value* Emitter::wanted_places(const Bucket::Look& look, llvm::Value* held) {
    llvm::Value* out = b_.getInt32(0);
    for (const Bucket::Look::Part& part : look.parts)
        out = b_.CreateOr(out, b_.CreateSelect(wanted(part, held), b_.getInt32(part.places), b_.getInt32(0)));
    return out;
}

// Many are first asked which of them may fire. A set of up to 64 is a word, a larger one stays in the
// scratch.
void Emitter::emit_looks(const Bucket& bucket, size_t index, llvm::Value* fired, llvm::Value* limit) {
    const Prefilter& types = tables_.prefilters[index];
    const bool in_word = bucket.fits_word();
    found_ = in_word ? empty_set() : nullptr;
    excluded_ = in_word ? empty_set() : nullptr;
    llvm::Value* held = guards(types.guards);
    for (size_t i = 0; i < bucket.looks.size(); ++i) {
        const Bucket::Look& look = bucket.looks[i];
        auto* slot = slot_address(look.slot);
        when(is_present(slot), [&] {
            if (!look.of_ranges) return find_in_place(look, types.literals[i], held, slot);
            when(wanted(look.parts[0], held), [&] {
                auto* index = b_.getInt32(look.index);
                if (in_word)
                    add_to(found_, call(kFindRangeSymbol, i64_, {self_, index, held, slot}));
                else
                    call(kLookRangeSymbol, b_.getVoidTy(), {self_, index, held, slot, scratch_});
            });
        });
    }
    for (const Bucket::Always& always : bucket.always)
        when(holds_all(held, always.guards), [&] {
            if (in_word)
                add_to(found_, b_.getInt64(tables_.word_of(always.list)));
            else
                call(kAddSymbol, b_.getVoidTy(), {self_, b_.getInt32(always.list), scratch_});
        });
    BasicBlock* none = block("none");
    BasicBlock* some = block("some");
    llvm::Value* found = nullptr;
    if (in_word)
        found = b_.CreateAnd(b_.CreateLoad(i64_, found_), b_.CreateNot(b_.CreateLoad(i64_, excluded_)));
    else
        found = member(scratch_, offsetof(Scratch, has_candidates), i32_);
    b_.CreateCondBr(b_.CreateIsNull(found), none, some);
    b_.SetInsertPoint(none);
    b_.CreateRet(b_.getInt32(0));
    b_.SetInsertPoint(some);
    std::vector<llvm::Value*> arguments{
        self_, b_.getInt32(static_cast<uint32_t>(index)), held, slots_, scratch_, fired, limit};
    if (in_word) arguments.push_back(found);
    b_.CreateRet(call(in_word ? kEvaluateFoundSymbol : kEvaluateSymbol, i32_, arguments));
}

void Emitter::branch_rule(uint32_t rule, BasicBlock* yes, BasicBlock* no) {
    stand_at(program_.source_map.rules.empty() ? nullptr : &program_.place(program_.rules[rule]));
    if (layout_.compiled[rule]) return branch(program_.rules[rule].node, yes, no);
    b_.CreateCondBr(call(kWalkSymbol, i1_, {self_, slots_, scratch_, memory_, b_.getInt32(rule)}), yes, no);
}

void Emitter::branch(uint32_t node, BasicBlock* yes, BasicBlock* no) {
    if (layout_.function[node] == 0) return branch_inline(node, yes, no);
    auto evaluate = [&] {
        b_.CreateCondBr(b_.CreateCall(node_function(node), {self_, slots_, scratch_, memory_}), yes, no);
    };
    if (layout_.memo[node] == 0) return evaluate();
    BasicBlock* unknown = block("unknown");
    auto* event = b_.CreateLoad(i32_, memory_);
    auto* since = b_.CreateSub(b_.CreateLoad(i32_, memory(layout_.memo[node])), b_.CreateShl(event, 1));
    auto* choice = b_.CreateSwitch(since, unknown, 2);
    choice->addCase(b_.getInt32(0), no);
    choice->addCase(b_.getInt32(1), yes);
    b_.SetInsertPoint(unknown);
    evaluate();
}

void Emitter::branch_inline(uint32_t index, BasicBlock* yes, BasicBlock* no) {
    const ProgramNode& node = layout_.nodes[index];
    stand_at(index);
    switch (node.kind) {
        case ProgramNode::Kind::Atom: return branch_atom(node.atom, yes, no);
        case ProgramNode::Kind::Not: return branch(node.children[0], no, yes);
        case ProgramNode::Kind::And:
        case ProgramNode::Kind::Or: {
            bool conjunction = node.kind == ProgramNode::Kind::And;
            for (size_t i = 0; i + 1 < node.children.size(); ++i) {
                BasicBlock* next = block("next");
                conjunction ? branch(node.children[i], next, no) : branch(node.children[i], yes, next);
                b_.SetInsertPoint(next);
            }
            return branch(node.children.back(), yes, no);
        }
    }
}

namespace {

// In parts of about the same size.
void share_buckets(const MatchTables& tables, std::span<Part> parts) {
    const std::vector<Bucket>& buckets = tables.buckets;
    std::vector<uint32_t> largest_first(buckets.size());
    std::iota(largest_first.begin(), largest_first.end(), 0);
    auto size = [&](uint32_t bucket) {
        size_t literals = buckets[bucket].members.size();
        for (const auto& look : tables.prefilters[bucket].literals) literals += look.size();
        return literals;
    };
    std::stable_sort(largest_first.begin(), largest_first.end(),
                     [&](uint32_t a, uint32_t b) { return size(a) > size(b); });
    std::vector<size_t> sizes(parts.size(), 0);
    for (uint32_t bucket : largest_first) {
        auto least = std::min_element(sizes.begin(), sizes.end());
        *least += size(bucket);
        parts[static_cast<size_t>(least - sizes.begin())].buckets.push_back(bucket);
    }
}

}  // namespace

std::vector<Part> parts(const MatchTables& tables, const Layout& layout, bool apart) {
    constexpr size_t kNodesOfPart = 2'000;
    std::vector<Part> out(apart && tables.buckets.size() > 1 ? 2 : 1);
    out.front().entry = true;
    share_buckets(tables, out);
    if (apart) out.emplace_back();
    size_t nodes = 0;
    for (uint32_t node = 0; node < layout.nodes.size(); ++node) {
        if (layout.function[node] == 0) continue;
        if (apart && nodes >= kNodesOfPart) {
            out.emplace_back();
            nodes = 0;
        }
        nodes += layout.function[node];
        out.back().functions.push_back(node);
    }
    out.back().conditions = true;
    return out;
}

std::unique_ptr<llvm::Module> emit_module(const MatchTables& tables, const Layout& layout, const Part& part,
                                          bool lines, llvm::LLVMContext& context) {
    return Emitter(tables, layout, part, lines, context).run();
}

}  // namespace stoop
