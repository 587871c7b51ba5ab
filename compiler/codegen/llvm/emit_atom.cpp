// SPDX-License-Identifier: Apache-2.0
#include "compiler/codegen/llvm/emitter.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <map>

namespace stoop {
namespace {

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

bool is_contains(Operator op) { return op == Operator::Contains || op == Operator::Bcontains; }

}  // namespace

bool simple(const AtomTable& table) {
    const Atom& atom = *table.atom;
    if (atom.comparison != Comparison::Ordinary || !compares_slot_with_constants(atom) ||
        !table.texts.empty() || !table.ranges.empty())
        return false;
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
                   atom.op == Operator::Bstartswith || is_contains(atom.op) || !table.regex_literals.empty();
        case TypeClass::Address: return equality;
        default: return false;
    }
}

void Emitter::branch_atom(uint32_t index, BasicBlock* yes, BasicBlock* no) {
    if (known_ && (*known_)[index] != Known::Unknown) {
        b_.CreateBr((*known_)[index] == Known::Yes ? yes : no);
        return;
    }
    if (!simple(program_.tables[index])) {
        b_.CreateCondBr(call(kTestSymbol, i1_, {self_, b_.getInt32(index), slots_, scratch_}), yes, no);
        return;
    }
    const Atom& atom = program_.atoms[index];
    auto* slot = slot_address(atom.left.slot);
    if (atom.op == Operator::Exists) {
        b_.CreateCondBr(is_present(slot), yes, no);
        return;
    }
    BasicBlock* compare = block("present");
    b_.CreateCondBr(is_present(slot), compare, no);
    b_.SetInsertPoint(compare);
    if (atom.op == Operator::Regex) {
        b_.CreateCondBr(call(kRegexSymbol, i1_, {self_, b_.getInt32(index), slot}), yes, no);
        return;
    }
    switch (type_class(atom.left.type)) {
        case TypeClass::Text:
        case TypeClass::Bytes:
        case TypeClass::Address: return branch_bytes(atom, slot, yes, no);
        default: return branch_numbers(atom, slot, yes, no);
    }
}

llvm::Value* Emitter::verdict_in_place(const AtomTable& table) {
    const Atom& atom = *table.atom;
    bool equality = atom.op == Operator::Eq || atom.op == Operator::Ne;
    if (!simple(table) || !equality) return nullptr;
    auto* slot = slot_address(atom.left.slot);
    llvm::Value* present = is_present(slot);
    llvm::Value* equal = nullptr;
    switch (type_class(atom.left.type)) {
        case TypeClass::Signed:
        case TypeClass::Unsigned:
        case TypeClass::Boolean:
            equal = b_.CreateICmpEQ(member(slot, offsetof(Value, u), i64_), b_.getInt64(atom.constants[0].u));
            break;
        default: {
            std::string_view constant = atom.constants[0].text();
            if (constant.size() > sizeof(Value)) return nullptr;
            auto* length = b_.getInt32(static_cast<uint32_t>(constant.size()));
            auto* same_size = b_.CreateICmpEQ(member(slot, offsetof(Value, size), i32_), length);
            // Of a value that is not as long nothing is read; the slot itself stands in for it.
            auto* readable = b_.CreateAnd(present, same_size);
            auto* data = b_.CreateSelect(readable, member(slot, offsetof(Value, data), ptr_), slot);
            equal = b_.CreateAnd(same_size, bytes_equal(data, constant));
        }
    }
    if (atom.op == Operator::Ne) equal = b_.CreateNot(equal);
    return b_.CreateAnd(present, equal);
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

llvm::Value* Emitter::text(std::string_view constant) {
    return b_.CreateGlobalString(llvm::StringRef(constant.data(), constant.size()), "text", 0, nullptr,
                                 false);
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
    return b_.CreateICmpEQ(b_.CreateCall(compare, {data, text(constant), b_.getInt64(constant.size())}),
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
    if (is_contains(atom.op)) {
        std::string_view constant = atom.constants[0].text();
        b_.CreateCondBr(call(kContainsSymbol, i1_,
                             {data, b_.CreateZExt(size, i64_), text(constant), b_.getInt64(constant.size())}),
                        yes, no);
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

}  // namespace stoop
