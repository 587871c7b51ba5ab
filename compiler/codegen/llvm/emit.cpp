#include "compiler/codegen/llvm/emit.h"

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Verifier.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <map>
#include <stdexcept>

namespace stoop {
namespace {

using llvm::BasicBlock;
using llvm::Function;

// Whether native code does the comparison itself (see test_in_place), given that the left side is a present
// slot.
bool simple(const Atom& atom) {
    if (atom.comparison != Comparison::Ordinary || atom.right_is_operand || atom.modifier != Modifier::None)
        return false;
    if (atom.left.kind != Operand::Kind::Slot || atom.left.list || !atom.texts.empty()) return false;
    if (atom.op == Operator::Exists) return true;
    bool equality = atom.op == Operator::Eq || atom.op == Operator::Ne || atom.op == Operator::In ||
                    atom.op == Operator::Intersects;
    switch (type_class(atom.left.type)) {
        case TypeClass::Signed:
        case TypeClass::Unsigned:
        case TypeClass::Boolean: return true;
        case TypeClass::Text:
        case TypeClass::Bytes:
            return equality || atom.op == Operator::Startswith || atom.op == Operator::Endswith ||
                   atom.op == Operator::Bstartswith;
        case TypeClass::Address: return equality;
        default: return false;
    }
}

bool uses_scratch(const Atom& atom) {
    return atom.left.kind != Operand::Kind::Slot ||
           (atom.right_is_operand && atom.right.kind != Operand::Kind::Slot);
}

// Comparisons that cost less than remembering them.
bool is_cheap(const Atom& atom) { return simple(atom) && atom.constants.size() <= 4; }

class Emitter {
  public:
    Emitter(const Plan& plan, const Dispatch& dispatch, llvm::LLVMContext& context)
        : plan_(plan),
          dispatch_(dispatch),
          context_(context),
          module_(std::make_unique<llvm::Module>("stoop", context)),
          b_(context),
          i1_(b_.getInt1Ty()),
          i8_(b_.getInt8Ty()),
          i16_(b_.getInt16Ty()),
          i32_(b_.getInt32Ty()),
          i64_(b_.getInt64Ty()),
          ptr_(b_.getPtrTy()),
          nodes_(plan.nodes) {}

    std::unique_ptr<llvm::Module> run();

  private:
    void group_children();
    size_t outline(uint32_t node);
    void count_uses();
    void emit_function(uint32_t node);
    void emit_rule();
    void emit_match();
    Function* emit_bucket(const Dispatch::Bucket& bucket, size_t index);
    void emit_chain(const Dispatch::Bucket& bucket, llvm::Value* fired, llvm::Value* limit);
    void emit_looks(const Dispatch::Bucket& bucket, size_t index, llvm::Value* fired, llvm::Value* limit);
    llvm::Value* guards(const std::vector<uint32_t>& atoms);
    bool needs_memory(uint32_t node) const;
    llvm::Value* begin_event();
    llvm::CallInst* call(const char* symbol, llvm::Type* result, llvm::ArrayRef<llvm::Value*> arguments);
    void order_children();
    // Branches to `yes` or `no` by the verdict of the node.
    void branch(uint32_t node, BasicBlock* yes, BasicBlock* no);
    void branch_inline(uint32_t node, BasicBlock* yes, BasicBlock* no);
    void branch_atom(const Atom& atom, uint32_t index, BasicBlock* yes, BasicBlock* no);
    void branch_numbers(const Atom& atom, llvm::Value* slot, BasicBlock* yes, BasicBlock* no);
    void branch_bytes(const Atom& atom, llvm::Value* slot, BasicBlock* yes, BasicBlock* no);
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
    void begin(Function* function);

    const Plan& plan_;
    const Dispatch& dispatch_;
    llvm::LLVMContext& context_;
    std::unique_ptr<llvm::Module> module_;
    llvm::IRBuilder<> b_;
    llvm::Type *i1_, *i8_, *i16_, *i32_, *i64_, *ptr_;
    // More children than this are put in groups; more nodes than this make a function of their own.
    static constexpr size_t kMostChildren = 32;
    static constexpr size_t kMostInline = 32;

    std::vector<PlanNode> nodes_;       // the plan's, with groups of children behind them
    std::vector<uint32_t> memo_;        // index of a shared node's memory, or 0
    uint32_t remembered_ = 0;           // how many of these there are
    std::vector<size_t> weight_;        // nodes that stand in the function of the user
    std::vector<bool> outlined_;        // has a function of its own
    std::vector<Function*> functions_;  // that function
    Function* rule_ = nullptr;          // a RuleFunction
    // In the function that is being made:
    llvm::Value *program_ = nullptr, *slots_ = nullptr, *scratch_ = nullptr, *memory_ = nullptr;
    const std::vector<Known>* known_ = nullptr;  // atoms of which the event type says all
};

// LLVM takes more than linear time over a function, so a node with very many children becomes a tree of
// groups, and what is left of a large condition functions of bounded size. The nodes are copied: the plan
// stays as it is.
void Emitter::group_children() {
    for (uint32_t i = 0; i < nodes_.size(); ++i) {
        while (nodes_[i].children.size() > kMostChildren) {
            std::vector<uint32_t> groups;
            const std::vector<uint32_t> children = nodes_[i].children;
            for (size_t at = 0; at < children.size(); at += kMostChildren) {
                PlanNode group{nodes_[i].kind, 0, {}};
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

// About how many instructions a comparison takes.
double cost(const Atom& atom) {
    if (!simple(atom)) return atom.op == Operator::Regex ? 400 : 80;
    return 4 + static_cast<double>(atom.constants.size());
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
    functions_.assign(nodes_.size(), nullptr);
    weight_.assign(nodes_.size(), 0);
    outlined_.assign(nodes_.size(), false);
    for (const PlanNode& node : nodes_)
        for (uint32_t child : node.children) ++uses[child];
    for (const PlanRule& rule : plan_.rules) ++uses[rule.node];
    for (size_t i = 0; i < nodes_.size(); ++i) {
        const PlanNode& node = nodes_[i];
        bool cheap = node.kind == PlanNode::Kind::Not ||
                     (node.kind == PlanNode::Kind::Atom && is_cheap(plan_.atoms[node.atom]));
        if (uses[i] > 1 && !cheap) memo_[i] = ++remembered_;  // memory[0] is the event
    }
    for (const PlanRule& rule : plan_.rules) outline(rule.node);
    // With many rules the conditions themselves would be too much for one function.
    if (plan_.rules.size() > kMostChildren)
        for (const PlanRule& rule : plan_.rules) outlined_[rule.node] = true;
}

void Emitter::begin(Function* function) {
    b_.SetInsertPoint(BasicBlock::Create(context_, "entry", function));
    program_ = function->getArg(0);
    slots_ = function->getArg(1);
    scratch_ = function->getArg(2);
    memory_ = function->arg_size() > 3 ? function->getArg(3) : nullptr;
    known_ = nullptr;
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

llvm::Value* Emitter::begin_event() { return call(kBeginSymbol, ptr_, {program_, scratch_}); }

std::unique_ptr<llvm::Module> Emitter::run() {
    order_children();
    group_children();
    count_uses();
    auto* type = llvm::FunctionType::get(i1_, {ptr_, ptr_, ptr_, ptr_}, false);
    for (size_t i = 0; i < nodes_.size(); ++i) {
        if (!outlined_[i]) continue;
        functions_[i] =
            Function::Create(type, Function::InternalLinkage, "node" + std::to_string(i), *module_);
        functions_[i]->addFnAttr(llvm::Attribute::NoInline);
    }
    for (uint32_t i = 0; i < nodes_.size(); ++i)
        if (functions_[i]) emit_function(i);
    emit_rule();
    emit_match();
    std::string fault;
    llvm::raw_string_ostream stream(fault);
    if (llvm::verifyModule(*module_, &stream))
        throw std::logic_error("generated code is not valid: " + fault);
    return std::move(module_);
}

void Emitter::emit_function(uint32_t node) {
    begin(functions_[node]);
    BasicBlock* yes = block("yes");
    BasicBlock* no = block("no");
    branch_inline(node, yes, no);
    for (bool verdict : {true, false}) {
        b_.SetInsertPoint(verdict ? yes : no);
        if (memo_[node] != 0) {
            auto* event = b_.CreateLoad(i32_, memory_);
            b_.CreateStore(b_.CreateAdd(b_.CreateShl(event, 1), b_.getInt32(verdict)), memory(memo_[node]));
        }
        b_.CreateRet(b_.getInt1(verdict));
    }
}

// The verdict of the rule of a given number.
void Emitter::emit_rule() {
    auto* type = llvm::FunctionType::get(i1_, {ptr_, ptr_, ptr_, ptr_, i32_}, false);
    rule_ = Function::Create(type, Function::InternalLinkage, "rule", *module_);
    rule_->addRetAttr(llvm::Attribute::ZExt);
    begin(rule_);
    BasicBlock* yes = block("yes");
    BasicBlock* no = block("no");
    auto* choice = b_.CreateSwitch(rule_->getArg(4), no, static_cast<unsigned>(plan_.rules.size()));
    for (uint32_t rule = 0; rule < plan_.rules.size(); ++rule) {
        BasicBlock* evaluated = block("evaluated");
        choice->addCase(b_.getInt32(rule), evaluated);
        b_.SetInsertPoint(evaluated);
        branch(plan_.rules[rule].node, yes, no);
    }
    b_.SetInsertPoint(yes);
    b_.CreateRet(b_.getTrue());
    b_.SetInsertPoint(no);
    b_.CreateRet(b_.getFalse());
}

// From the type of the event to its bucket.
void Emitter::emit_match() {
    auto* type = llvm::FunctionType::get(i32_, {ptr_, ptr_, i16_, ptr_, ptr_, i32_}, false);
    std::vector<Function*> buckets;
    for (size_t i = 0; i < dispatch_.buckets.size(); ++i)
        buckets.push_back(emit_bucket(dispatch_.buckets[i], i));
    auto* function = Function::Create(type, Function::ExternalLinkage, kMatchSymbol, *module_);
    function->addParamAttr(2, llvm::Attribute::ZExt);
    begin(function);
    auto* last = b_.getInt16(static_cast<uint16_t>(dispatch_.bucket_of.size() - 1));
    auto* event_type = function->getArg(2);
    auto* index = b_.CreateSelect(b_.CreateICmpUGE(event_type, last), last, event_type);
    BasicBlock* none = block("none");
    auto* choice = b_.CreateSwitch(index, none);
    std::vector<BasicBlock*> entries(buckets.size(), nullptr);
    for (size_t i = 0; i < dispatch_.bucket_of.size(); ++i) {
        uint32_t bucket = dispatch_.bucket_of[i];
        if (bucket == Dispatch::kNoBucket) continue;
        if (!entries[bucket]) entries[bucket] = block("bucket");
        choice->addCase(b_.getInt16(static_cast<uint16_t>(i)), entries[bucket]);
    }
    b_.SetInsertPoint(none);
    b_.CreateRet(b_.getInt32(0));
    for (size_t i = 0; i < buckets.size(); ++i) {
        b_.SetInsertPoint(entries[i]);
        auto* called =
            b_.CreateCall(buckets[i], {function->getArg(0), function->getArg(1), function->getArg(3),
                                       function->getArg(4), function->getArg(5)});
        called->setTailCall();
        b_.CreateRet(called);
    }
}

Function* Emitter::emit_bucket(const Dispatch::Bucket& bucket, size_t index) {
    auto* type = llvm::FunctionType::get(i32_, {ptr_, ptr_, ptr_, ptr_, i32_}, false);
    auto* function =
        Function::Create(type, Function::InternalLinkage, "bucket" + std::to_string(index), *module_);
    begin(function);
    known_ = &bucket.atoms;
    if (bucket.in_turn)
        emit_chain(bucket, function->getArg(3), function->getArg(4));
    else
        emit_looks(bucket, index, function->getArg(3), function->getArg(4));
    known_ = nullptr;
    return function;
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

// Few rules are tested in turn.
void Emitter::emit_chain(const Dispatch::Bucket& bucket, llvm::Value* fired, llvm::Value* limit) {
    bool memory = std::any_of(bucket.members.begin(), bucket.members.end(), [&](const auto& member) {
        return needs_memory(plan_.rules[member.rule].node);
    });
    if (memory) memory_ = begin_event();
    llvm::Value* count = b_.getInt32(0);
    BasicBlock* start = b_.GetInsertBlock();
    BasicBlock* done = block("done");
    b_.SetInsertPoint(done);
    llvm::PHINode* result = b_.CreatePHI(i32_, 2);
    b_.CreateRet(result);
    b_.SetInsertPoint(start);
    for (const auto& [rule, unused] : bucket.members) {
        BasicBlock* fires = block("fires");
        BasicBlock* next = block("next");
        BasicBlock* goes_on = block("goes_on");
        BasicBlock* silent = block("silent");
        branch(plan_.rules[rule].node, fires, silent);
        b_.SetInsertPoint(fires);
        b_.CreateStore(b_.getInt32(rule), b_.CreateInBoundsGEP(i32_, fired, count));
        llvm::Value* more = b_.CreateAdd(count, b_.getInt32(1));
        b_.CreateCondBr(b_.CreateICmpULT(more, limit), goes_on, done);
        result->addIncoming(more, fires);
        b_.SetInsertPoint(goes_on);
        b_.CreateBr(next);
        b_.SetInsertPoint(silent);
        b_.CreateBr(next);
        b_.SetInsertPoint(next);
        llvm::PHINode* merged = b_.CreatePHI(i32_, 2);
        merged->addIncoming(more, goes_on);
        merged->addIncoming(count, silent);
        count = merged;
    }
    result->addIncoming(count, b_.GetInsertBlock());
    b_.CreateBr(done);
}

// The bits of those guards that hold.
llvm::Value* Emitter::guards(const std::vector<uint32_t>& atoms) {
    llvm::Value* out = b_.getInt32(0);
    for (uint32_t bit = 0; bit < atoms.size(); ++bit) {
        const Atom& atom = plan_.atoms[atoms[bit]];
        BasicBlock* holds = block("guard_holds");
        BasicBlock* fails = block("guard_fails");
        BasicBlock* next = block("next_guard");
        branch_atom(atom, atoms[bit], holds, fails);
        b_.SetInsertPoint(holds);
        llvm::Value* with = b_.CreateOr(out, b_.getInt32(uint32_t{1} << bit));
        b_.CreateBr(next);
        b_.SetInsertPoint(fails);
        b_.CreateBr(next);
        b_.SetInsertPoint(next);
        llvm::PHINode* merged = b_.CreatePHI(i32_, 2);
        merged->addIncoming(with, holds);
        merged->addIncoming(out, fails);
        out = merged;
    }
    return out;
}

// Many are first asked which of them may fire.
void Emitter::emit_looks(const Dispatch::Bucket& bucket, size_t index, llvm::Value* fired,
                         llvm::Value* limit) {
    llvm::Value* held = guards(bucket.guards);
    call(kBeginBucketSymbol, ptr_, {program_, b_.getInt32(static_cast<uint32_t>(index)), held, scratch_});
    for (const Dispatch::Look& look : bucket.looks) {
        BasicBlock* looked = block("looked");
        BasicBlock* behind = block("behind_look");
        auto* slot = slot_address(look.slot);
        llvm::Value* wanted = is_present(slot);
        if (look.guards != 0) {
            auto* mask = b_.getInt32(look.guards);
            wanted = b_.CreateAnd(wanted, b_.CreateICmpEQ(b_.CreateAnd(held, mask), mask));
        }
        b_.CreateCondBr(wanted, looked, behind);
        b_.SetInsertPoint(looked);
        call(kLookSymbol, b_.getVoidTy(), {program_, b_.getInt32(look.index), slot, scratch_});
        b_.CreateBr(behind);
        b_.SetInsertPoint(behind);
    }
    if (bucket.always != Dispatch::kNoList)
        call(kAddSymbol, b_.getVoidTy(), {program_, b_.getInt32(bucket.always), scratch_});
    b_.CreateRet(call(kEvaluateSymbol, i32_, {program_, slots_, scratch_, rule_, fired, limit}));
}

void Emitter::branch(uint32_t node, BasicBlock* yes, BasicBlock* no) {
    if (!outlined_[node]) return branch_inline(node, yes, no);
    auto evaluate = [&] {
        b_.CreateCondBr(b_.CreateCall(functions_[node], {program_, slots_, scratch_, memory_}), yes, no);
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

void Emitter::branch_atom(const Atom& atom, uint32_t index, BasicBlock* yes, BasicBlock* no) {
    if (known_ && (*known_)[index] != Known::Unknown) {
        b_.CreateBr((*known_)[index] == Known::Yes ? yes : no);
        return;
    }
    if (!simple(atom)) {
        b_.CreateCondBr(call(kTestSymbol, i1_, {program_, b_.getInt32(index), slots_, scratch_}), yes, no);
        return;
    }
    auto* slot = slot_address(atom.left.slot);
    if (atom.op == Operator::Exists) {
        b_.CreateCondBr(is_present(slot), yes, no);
        return;
    }
    BasicBlock* compare = block("present");
    b_.CreateCondBr(is_present(slot), compare, no);
    b_.SetInsertPoint(compare);
    switch (type_class(atom.left.type)) {
        case TypeClass::Text:
        case TypeClass::Bytes:
        case TypeClass::Address: return branch_bytes(atom, slot, yes, no);
        default: return branch_numbers(atom, slot, yes, no);
    }
}

llvm::CmpInst::Predicate predicate(Operator op, bool is_signed) {
    using P = llvm::CmpInst;
    switch (op) {
        case Operator::Lt: return is_signed ? P::ICMP_SLT : P::ICMP_ULT;
        case Operator::Le: return is_signed ? P::ICMP_SLE : P::ICMP_ULE;
        case Operator::Gt: return is_signed ? P::ICMP_SGT : P::ICMP_UGT;
        case Operator::Ge: return is_signed ? P::ICMP_SGE : P::ICMP_UGE;
        case Operator::Ne: return P::ICMP_NE;
        default: return P::ICMP_EQ;
    }
}

void Emitter::branch_numbers(const Atom& atom, llvm::Value* slot, BasicBlock* yes, BasicBlock* no) {
    auto* value = member(slot, offsetof(Value, u), i64_);
    if (atom.op == Operator::In || atom.op == Operator::Intersects) {
        std::map<uint64_t, bool> distinct;
        for (const Value& constant : atom.constants) distinct[constant.u] = true;
        auto* choice = b_.CreateSwitch(value, no, static_cast<unsigned>(distinct.size()));
        for (const auto& [number, unused] : distinct) choice->addCase(b_.getInt64(number), yes);
        return;
    }
    bool is_signed = type_class(atom.left.type) == TypeClass::Signed;
    b_.CreateCondBr(b_.CreateICmp(predicate(atom.op, is_signed), value, b_.getInt64(atom.constants[0].u)),
                    yes, no);
}

llvm::Value* Emitter::bytes_equal(llvm::Value* data, std::string_view constant) {
    if (constant.empty()) return b_.getTrue();
    if (constant.size() <= 32) {
        static_assert(std::endian::native == std::endian::little);
        // Words of eight bytes, of which the last overlaps the one before; or smaller ones.
        llvm::Value* different = nullptr;
        uint64_t width = std::min<uint64_t>(8, std::bit_floor(constant.size()));
        auto* type = b_.getIntNTy(static_cast<unsigned>(8 * width));
        for (uint64_t at = 0; at < constant.size(); at += width) {
            uint64_t from = std::min<uint64_t>(at, constant.size() - width), expected = 0;
            std::memcpy(&expected, constant.data() + from, width);
            auto* address = b_.CreateConstInBoundsGEP1_64(i8_, data, from);
            auto* word = b_.CreateAlignedLoad(type, address, llvm::Align(1));
            auto* wrong = b_.CreateXor(word, llvm::ConstantInt::get(type, expected));
            different = different ? b_.CreateOr(different, wrong) : wrong;
        }
        return b_.CreateIsNull(different);
    }
    auto compare = module_->getOrInsertFunction(kCompareSymbol, i32_, ptr_, ptr_, i64_);
    auto* text =
        b_.CreateGlobalString(llvm::StringRef(constant.data(), constant.size()), "text", 0, nullptr, false);
    return b_.CreateICmpEQ(b_.CreateCall(compare, {data, text, b_.getInt64(constant.size())}),
                           b_.getInt32(0));
}

void Emitter::branch_bytes(const Atom& atom, llvm::Value* slot, BasicBlock* yes, BasicBlock* no) {
    auto* size = member(slot, offsetof(Value, size), i32_);
    llvm::Value* data = member(slot, offsetof(Value, data), ptr_);
    if (atom.op == Operator::Startswith || atom.op == Operator::Bstartswith ||
        atom.op == Operator::Endswith) {
        std::string_view constant = atom.constants[0].text();
        BasicBlock* long_enough = block("long_enough");
        auto* length = b_.getInt32(static_cast<uint32_t>(constant.size()));
        b_.CreateCondBr(b_.CreateICmpUGE(size, length), long_enough, no);
        b_.SetInsertPoint(long_enough);
        if (atom.op == Operator::Endswith)
            data = b_.CreateInBoundsGEP(i8_, data, b_.CreateZExt(b_.CreateSub(size, length), i64_));
        b_.CreateCondBr(bytes_equal(data, constant), yes, no);
        return;
    }
    if (atom.op == Operator::Ne) std::swap(yes, no);
    // The length selects the few constants that are left to compare.
    std::map<size_t, std::vector<std::string_view>> by_length;
    for (const Value& constant : atom.constants) by_length[constant.size].push_back(constant.text());
    auto* choice = b_.CreateSwitch(size, no, static_cast<unsigned>(by_length.size()));
    for (const auto& [length, constants] : by_length) {
        BasicBlock* candidates = block("candidates");
        choice->addCase(b_.getInt32(static_cast<uint32_t>(length)), candidates);
        b_.SetInsertPoint(candidates);
        for (const std::string_view& constant : constants) {
            BasicBlock* next = &constant == &constants.back() ? no : block("next");
            b_.CreateCondBr(bytes_equal(data, constant), yes, next);
            b_.SetInsertPoint(next);
        }
    }
}

}  // namespace

std::unique_ptr<llvm::Module> emit_module(const Plan& plan, const Dispatch& dispatch,
                                          llvm::LLVMContext& context) {
    return Emitter(plan, dispatch, context).run();
}

}  // namespace stoop
