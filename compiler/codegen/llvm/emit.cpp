#include "compiler/codegen/llvm/emit.h"

#include <llvm/IR/Verifier.h>

#include <algorithm>
#include <bit>
#include <numeric>
#include <stdexcept>

#include "compiler/codegen/llvm/emitter.h"

namespace stoop {
namespace {

// About how many instructions a comparison takes.
double cost(const Atom& atom) {
    if (atom.op == Operator::Regex) return atom.regex_literals.empty() ? 400 : 60;
    if (!simple(atom)) return 80;
    if (atom.op == Operator::Contains || atom.op == Operator::Bcontains) return 40;
    return 4 + static_cast<double>(atom.constants.size());
}

// Comparisons that cost less than remembering them.
bool is_cheap(const Atom& atom) { return simple(atom) && cost(atom) < 10; }

}  // namespace

// Nodes that one atom can answer for become that.
void Emitter::prefer_atoms() {
    for (PlanNode& node : nodes_) {
        if (!node.is_one_atom()) continue;
        node.kind = PlanNode::Kind::Atom;
        node.children.clear();
    }
}

// LLVM takes more than linear time over a function, so a node with very many children becomes a tree of
// groups, and what is left of a large condition functions of bounded size. The nodes are copied: the plan
// stays as it is.
void Emitter::group_children() {
    for (uint32_t i = 0; i < nodes_.size(); ++i) {
        while (nodes_[i].children.size() > kMostChildren) {
            std::vector<uint32_t> groups;
            const std::vector<uint32_t> children = nodes_[i].children;
            for (size_t at = 0; at < children.size(); at += kMostChildren) {
                PlanNode group;
                group.kind = nodes_[i].kind;
                size_t end = std::min(at + kMostChildren, children.size());
                group.children.assign(children.begin() + static_cast<ptrdiff_t>(at),
                                      children.begin() + static_cast<ptrdiff_t>(end));
                groups.push_back(static_cast<uint32_t>(nodes_.size()));
                nodes_.push_back(std::move(group));
            }
            nodes_[i].children = std::move(groups);
        }
    }
}

// What is cheap is tested first: comparisons have no effects, so any order gives the same verdict.
void Emitter::order_children() {
    std::vector<double> costs(nodes_.size(), 0);
    auto cheaper = [&](uint32_t a, uint32_t b) { return costs[a] < costs[b]; };
    for (size_t i = 0; i < plan_.nodes.size(); ++i) {  // before they are grouped children are earlier nodes
        PlanNode& node = nodes_[i];
        if (node.kind == PlanNode::Kind::Atom) costs[i] = cost(plan_.atoms[node.atom]);
        for (uint32_t child : node.children) costs[i] += costs[child];
        std::stable_sort(node.children.begin(), node.children.end(), cheaper);
    }
}

// The nodes below `node` that would stand in the function that holds it; marks those that get one of their
// own.
size_t Emitter::outline(uint32_t node) {
    if (weight_[node] != 0) return weight_[node];
    size_t weight = 1;
    for (uint32_t child : nodes_[node].children) weight += outline(child);
    outlined_[node] = memo_[node] != 0 || weight > kMostInline;
    return weight_[node] = outlined_[node] ? 1 : weight;
}

// A node with several users is computed once and remembered.
void Emitter::count_uses() {
    std::vector<uint32_t> uses(nodes_.size(), 0);
    memo_.assign(nodes_.size(), 0);
    weight_.assign(nodes_.size(), 0);
    outlined_.assign(nodes_.size(), false);
    std::vector<uint32_t> open;
    auto use = [&](uint32_t node) {
        if (uses[node]++ == 0) open.push_back(node);
    };
    for (uint32_t rule = 0; rule < plan_.rules.size(); ++rule)
        if (compiled_[rule]) use(plan_.rules[rule].node);
    while (!open.empty()) {
        uint32_t node = open.back();
        open.pop_back();
        for (uint32_t child : nodes_[node].children) use(child);
    }
    for (size_t i = 0; i < nodes_.size(); ++i) {
        const PlanNode& node = nodes_[i];
        bool cheap = node.kind == PlanNode::Kind::Not ||
                     (node.kind == PlanNode::Kind::Atom && is_cheap(plan_.atoms[node.atom]));
        if (uses[i] > 1 && !cheap) memo_[i] = ++remembered_;  // memory[0] is the event
    }
    for (uint32_t rule = 0; rule < plan_.rules.size(); ++rule) {
        if (!compiled_[rule]) continue;
        outline(plan_.rules[rule].node);
        // With many rules the conditions themselves would be too much for one function.
        if (plan_.rules.size() > kMostChildren) outlined_[plan_.rules[rule].node] = true;
    }
}

void Emitter::begin(Function* function, const std::string& name) {
    b_.SetInsertPoint(BasicBlock::Create(context_, "entry", function));
    if (lines_) lines_->begin(*function, name);
    stand_at(nullptr);
    program_ = function->getArg(0);
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
    choose_compiled();
    prefer_atoms();
    order_children();
    group_children();
    count_uses();
    node_type_ = llvm::FunctionType::get(i1_, {ptr_, ptr_, ptr_, ptr_}, false);
    match_type_ = llvm::FunctionType::get(i32_, {ptr_, ptr_, i16_, ptr_, ptr_, i32_}, false);
    for (uint32_t i = 0; part_.conditions && i < nodes_.size(); ++i)
        if (outlined_[i]) emit_function(i);
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

// As many rules as fit: those first that are candidates whatever the event is, as they are evaluated most.
void Emitter::choose_compiled() {
    const MatchProgram& program = dispatch_.program;
    std::vector<bool> always(plan_.rules.size(), false);
    for (const Bucket& bucket : program.buckets) {
        if (&bucket == &program.buckets[program.bucket_of.back()]) continue;  // of unknown types
        for (const Bucket::Always& list : bucket.always) {
            const RuleRange& range = program.lists[list.list];
            for (uint32_t i = range.begin; i < range.begin + range.count; ++i)
                for (uint64_t bits = program.members[i].bits; bits != 0; bits &= bits - 1)
                    always[bucket
                               .members[program.members[i].word * 64 +
                                        static_cast<uint32_t>(std::countr_zero(bits))]
                               .rule] = true;
        }
    }
    compiled_.assign(plan_.rules.size(), false);
    size_t nodes = 0;
    for (bool turn : {true, false})
        for (size_t rule = 0; rule < plan_.rules.size(); ++rule)
            if (always[rule] == turn)
                compiled_[rule] = (nodes += plan_.rules[rule].tree.nodes.size()) < kMostNodes;
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
    emit_verdict(function, function->getName().str(), memo_[node],
                 [&](BasicBlock* yes, BasicBlock* no) { branch_inline(node, yes, no); });
}

// The table of conditions by rule: a function where candidates are evaluated, else null.
void Emitter::emit_conditions() {
    std::vector<llvm::Constant*> functions(plan_.rules.size(), llvm::ConstantPointerNull::get(b_.getPtrTy()));
    for (const Bucket& bucket : dispatch_.program.buckets)
        for (const Bucket::Member& member : bucket.members)
            if (!bucket.in_turn && compiled_[member.rule] && functions[member.rule]->isNullValue())
                functions[member.rule] = condition_function(member.rule);
    auto* type = llvm::ArrayType::get(ptr_, functions.size());
    auto* table = llvm::ConstantArray::get(type, functions);
    new llvm::GlobalVariable(*module_, type, true, llvm::GlobalValue::ExternalLinkage, table,
                             kConditionsSymbol);
}

Function* Emitter::condition_function(uint32_t rule) {
    uint32_t node = plan_.rules[rule].node;
    if (outlined_[node] && memo_[node] == 0) return node_function(node);
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
    auto* last = b_.getInt16(static_cast<uint16_t>(dispatch_.program.bucket_of.size() - 1));
    auto* event_type = function->getArg(2);
    auto* index = b_.CreateSelect(b_.CreateICmpUGE(event_type, last), last, event_type);
    BasicBlock* none = block("none");
    auto* choice = b_.CreateSwitch(index, none);
    std::vector<BasicBlock*> entries(dispatch_.program.buckets.size(), nullptr);
    for (size_t i = 0; i < dispatch_.program.bucket_of.size(); ++i) {
        uint32_t bucket = dispatch_.program.bucket_of[i];
        if (bucket == MatchProgram::kNoBucket) continue;
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
    const Bucket& bucket = dispatch_.program.buckets[index];
    Function* function = bucket_function(index);
    begin(function, "bucket");
    scratch_ = function->getArg(3);
    known_ = &dispatch_.types[index].atoms;
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
        if (outlined_[node]) return true;
        if (nodes_[node].kind == PlanNode::Kind::Atom && uses_scratch(plan_.atoms[nodes_[node].atom]))
            return true;
        open.insert(open.end(), nodes_[node].children.begin(), nodes_[node].children.end());
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
        return !compiled_[member.rule] || needs_memory(plan_.rules[member.rule].node);
    });
    if (memory) memory_ = call(kBeginSymbol, ptr_, {program_, scratch_});
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
        const Atom& atom = plan_.atoms[atoms[bit]];
        auto* mask = b_.getInt32(uint32_t{1} << bit);
        if (llvm::Value* holds = verdict_in_place(atom)) {
            out = b_.CreateOr(out, b_.CreateSelect(holds, mask, b_.getInt32(0)));
            continue;
        }
        BasicBlock* holds = block("guard_holds");
        BasicBlock* fails = block("guard_fails");
        branch_atom(atom, atoms[bit], holds, fails);
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
    const Dispatch::Types& types = dispatch_.types[index];
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
                    add_to(found_, call(kFindRangeSymbol, i64_, {program_, index, held, slot}));
                else
                    call(kLookRangeSymbol, b_.getVoidTy(), {program_, index, held, slot, scratch_});
            });
        });
    }
    for (const Bucket::Always& always : bucket.always)
        when(holds_all(held, always.guards), [&] {
            if (in_word)
                add_to(found_, b_.getInt64(dispatch_.program.word_of(always.list)));
            else
                call(kAddSymbol, b_.getVoidTy(), {program_, b_.getInt32(always.list), scratch_});
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
        program_, b_.getInt32(static_cast<uint32_t>(index)), held, slots_, scratch_, fired, limit};
    if (in_word) arguments.push_back(found);
    b_.CreateRet(call(in_word ? kEvaluateFoundSymbol : kEvaluateSymbol, i32_, arguments));
}

void Emitter::branch_rule(uint32_t rule, BasicBlock* yes, BasicBlock* no) {
    stand_at(&plan_.rules[rule].place);
    if (compiled_[rule]) return branch(plan_.rules[rule].node, yes, no);
    b_.CreateCondBr(call(kWalkSymbol, i1_, {program_, slots_, scratch_, memory_, b_.getInt32(rule)}), yes,
                    no);
}

void Emitter::branch(uint32_t node, BasicBlock* yes, BasicBlock* no) {
    if (!outlined_[node]) return branch_inline(node, yes, no);
    auto evaluate = [&] {
        b_.CreateCondBr(b_.CreateCall(node_function(node), {program_, slots_, scratch_, memory_}), yes, no);
    };
    if (memo_[node] == 0) return evaluate();
    BasicBlock* unknown = block("unknown");
    auto* event = b_.CreateLoad(i32_, memory_);
    auto* since = b_.CreateSub(b_.CreateLoad(i32_, memory(memo_[node])), b_.CreateShl(event, 1));
    auto* choice = b_.CreateSwitch(since, unknown, 2);
    choice->addCase(b_.getInt32(0), no);
    choice->addCase(b_.getInt32(1), yes);
    b_.SetInsertPoint(unknown);
    evaluate();
}

void Emitter::branch_inline(uint32_t index, BasicBlock* yes, BasicBlock* no) {
    const PlanNode& node = nodes_[index];
    stand_at(index);
    switch (node.kind) {
        case PlanNode::Kind::Atom: return branch_atom(plan_.atoms[node.atom], node.atom, yes, no);
        case PlanNode::Kind::Not: return branch(node.children[0], no, yes);
        case PlanNode::Kind::And:
        case PlanNode::Kind::Or: {
            bool conjunction = node.kind == PlanNode::Kind::And;
            for (size_t i = 0; i + 1 < node.children.size(); ++i) {
                BasicBlock* next = block("next");
                conjunction ? branch(node.children[i], next, no) : branch(node.children[i], yes, next);
                b_.SetInsertPoint(next);
            }
            return branch(node.children.back(), yes, no);
        }
    }
}

std::vector<Part> parts(const Dispatch& dispatch, bool apart) {
    const std::vector<Bucket>& buckets = dispatch.program.buckets;
    size_t several = apart && buckets.size() > 1 ? 2 : 1;
    std::vector<Part> out(apart ? several + 1 : 1);
    out.front().entry = out.back().conditions = true;
    std::vector<uint32_t> largest_first(buckets.size());
    std::iota(largest_first.begin(), largest_first.end(), 0);
    auto size = [&](uint32_t bucket) {
        size_t literals = buckets[bucket].members.size();
        for (const auto& look : dispatch.types[bucket].literals) literals += look.size();
        return literals;
    };
    std::stable_sort(largest_first.begin(), largest_first.end(),
                     [&](uint32_t a, uint32_t b) { return size(a) > size(b); });
    std::vector<size_t> sizes(several, 0);
    for (uint32_t bucket : largest_first) {
        auto least = std::min_element(sizes.begin(), sizes.end());
        *least += size(bucket);
        out[static_cast<size_t>(least - sizes.begin())].buckets.push_back(bucket);
    }
    return out;
}

std::unique_ptr<llvm::Module> emit_module(const Plan& plan, const Dispatch& dispatch, const Part& part,
                                          bool lines, llvm::LLVMContext& context) {
    return Emitter(plan, dispatch, part, lines, context).run();
}

}  // namespace stoop
