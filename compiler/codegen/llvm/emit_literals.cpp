// SPDX-License-Identifier: Apache-2.0
// The look at a field whose literals are few: those that are equal to its value by a switch on its length and
// then on eight of its bytes, those that begin or end it by a tree of comparisons. Whether a pair of bytes is
// in it that all texts inside it have is found here too; the texts are then looked for by the index.
#include <algorithm>
#include <cstring>
#include <map>
#include <set>
#include <tuple>

#include "compiler/codegen/llvm/emitter.h"

namespace stoop {
namespace {

using Literal = Prefilter::Literal;

constexpr size_t kWord = 8;  // bytes that are compared at once

uint64_t word_at(std::string_view text, size_t at, size_t size) {
    uint64_t out = 0;
    std::memcpy(&out, text.data() + at, size);
    return out;
}

// Where the words of texts of one length differ most.
size_t choose_word(const std::vector<Emitter::TextCase>& cases, size_t size) {
    size_t best = 0, most = 0;
    for (size_t at = 0; at + kWord <= size && most < cases.size(); ++at) {
        std::set<uint64_t> words;
        for (const auto& [text, unused] : cases) words.insert(word_at(text, at, kWord));
        if (words.size() > most) most = words.size(), best = at;
    }
    return best;
}

}  // namespace

// What it means that the literal is there: the members that want it are found, as far as their guards hold.
void Emitter::add_found(const Literal& literal, llvm::Value* held) {
    if (!found_) {
        auto add = [&] { call(kAddSymbol, b_.getVoidTy(), {self_, b_.getInt32(literal.list), scratch_}); };
        when(holds_all(held, literal.guards), [&] {
            if (!literal.exception) return add();
            auto* excepted = call(kExceptedSymbol, i1_, {self_, b_.getInt32(*literal.exception), slots_});
            when(b_.CreateNot(excepted), add);
        });
        return;
    }
    if (literal.excluded != 0) add_to(excluded_, b_.getInt64(literal.excluded));
    if (literal.members == 0) return;
    llvm::Value* members = b_.getInt64(literal.members);
    if (literal.guards != 0)
        members = b_.CreateSelect(holds_all(held, literal.guards), members, b_.getInt64(0));
    add_to(found_, members);
}

// Goes on where the case of the value says, or `otherwise`.
void Emitter::switch_on_text(const std::vector<TextCase>& cases, llvm::Value* slot, BasicBlock* otherwise) {
    auto* data = member(slot, offsetof(Value, data), ptr_);
    std::map<size_t, std::vector<TextCase>> by_size;
    for (const TextCase& one : cases) by_size[one.text.size()].push_back(one);
    auto* by_length = b_.CreateSwitch(member(slot, offsetof(Value, size), i32_), otherwise);
    for (const auto& [size, of_size] : by_size) {
        BasicBlock* as_long = size == 0 ? of_size[0].to : block("as_long");
        by_length->addCase(b_.getInt32(static_cast<uint32_t>(size)), as_long);
        if (size == 0) continue;
        size_t at = size > kWord ? choose_word(of_size, size) : 0, width = std::min(size, kWord);
        std::map<uint64_t, std::vector<TextCase>> by_word;
        for (const TextCase& one : of_size) by_word[word_at(one.text, at, width)].push_back(one);
        b_.SetInsertPoint(as_long);
        auto* word = b_.CreateAlignedLoad(b_.getIntNTy(static_cast<unsigned>(8 * width)),
                                          b_.CreateConstInBoundsGEP1_64(i8_, data, at), llvm::Align(1));
        auto* choice = b_.CreateSwitch(b_.CreateZExt(word, i64_), otherwise);
        for (const auto& [value, of_word] : by_word) {
            BasicBlock* next = size <= kWord ? of_word[0].to : block("word");
            choice->addCase(b_.getInt64(value), next);
            if (size <= kWord) continue;
            for (size_t i = 0; i < of_word.size(); ++i) {
                b_.SetInsertPoint(next);
                next = i + 1 == of_word.size() ? otherwise : block("next");
                size_t behind = at + kWord;
                auto* rest = b_.CreateConstInBoundsGEP1_64(i8_, data, behind);
                b_.CreateCondBr(b_.CreateAnd(bytes_equal(data, of_word[i].text.substr(0, at)),
                                             bytes_equal(rest, of_word[i].text.substr(behind))),
                                of_word[i].to, next);
            }
        }
    }
}

void Emitter::find_equal(const std::vector<const Literal*>& literals, llvm::Value* held, llvm::Value* slot) {
    BasicBlock* done = block("done");
    std::map<std::tuple<uint32_t, uint64_t, uint64_t, uint32_t>, BasicBlock*> leaves;
    std::vector<TextCase> cases;
    for (const Literal* literal : literals) {
        BasicBlock*& leaf = leaves[{literal->guards, literal->members, literal->excluded, literal->list}];
        if (!leaf) {
            leaf = block("equal");
            llvm::IRBuilderBase::InsertPointGuard back(b_);
            b_.SetInsertPoint(leaf);
            add_found(*literal, held);
            b_.CreateBr(done);
        }
        cases.push_back({literal->text, leaf});
    }
    switch_on_text(cases, slot, done);
    b_.SetInsertPoint(done);
}

// `literals` by their texts, which begin at the value's beginning or, reversed, at its end.
void Emitter::find_ends(const std::map<std::string, const Literal*>& literals, bool reversed,
                        llvm::Value* held, llvm::Value* slot) {
    BasicBlock* done = block("done");
    auto* data = member(slot, offsetof(Value, data), ptr_);
    auto* size = member(slot, offsetof(Value, size), i32_);
    auto count = [&](size_t n) { return b_.getInt32(static_cast<uint32_t>(n)); };
    // The bytes of the value that stand where those of the texts from `from` to `to` do.
    auto address = [&](size_t from, size_t to) -> llvm::Value* {
        if (!reversed) return b_.CreateConstInBoundsGEP1_64(i8_, data, from);
        return b_.CreateInBoundsGEP(i8_, data, b_.CreateZExt(b_.CreateSub(size, count(to)), i64_));
    };
    // Texts that agree in their first `depth` bytes, as the value does.
    struct Group {
        decltype(literals.begin()) begin, end;
        size_t depth;
        BasicBlock* at;
    };
    for (std::vector<Group> open{{literals.begin(), literals.end(), 0, b_.GetInsertBlock()}};
         !open.empty();) {
        Group group = open.back();
        open.pop_back();
        b_.SetInsertPoint(group.at);
        const std::string& first = group.begin->first;
        const std::string& last = std::prev(group.end)->first;
        auto common = static_cast<size_t>(
            std::mismatch(first.begin(), first.end(), last.begin(), last.end()).first - first.begin());
        if (common > group.depth) {
            std::string bytes = first.substr(group.depth, common - group.depth);
            if (reversed) std::reverse(bytes.begin(), bytes.end());
            BasicBlock* long_enough = block("long_enough");
            BasicBlock* agrees = block("agrees");
            b_.CreateCondBr(b_.CreateICmpUGE(size, count(common)), long_enough, done);
            b_.SetInsertPoint(long_enough);
            b_.CreateCondBr(bytes_equal(address(group.depth, common), bytes), agrees, done);
            b_.SetInsertPoint(agrees);
        }
        if (first.size() == common) add_found(*(group.begin++)->second, held);
        if (group.begin == group.end) {
            b_.CreateBr(done);
            continue;
        }
        BasicBlock* longer = block("longer");
        b_.CreateCondBr(b_.CreateICmpUGT(size, count(common)), longer, done);
        b_.SetInsertPoint(longer);
        auto* choice = b_.CreateSwitch(b_.CreateLoad(i8_, address(common, common + 1)), done);
        while (group.begin != group.end) {
            char byte = group.begin->first[common];
            auto end = std::find_if(group.begin, group.end,
                                    [&](const auto& literal) { return literal.first[common] != byte; });
            BasicBlock* next = block("byte");
            choice->addCase(b_.getInt8(static_cast<uint8_t>(byte)), next);
            open.push_back({group.begin, end, common + 1, next});
            group.begin = end;
        }
    }
    b_.SetInsertPoint(done);
}

// False if the pair of bytes is not in the value, where that takes a few instructions to say: 64 places are
// compared at once, and what lies behind the value counts for nothing. It may be read if it is in the same
// page.
llvm::Value* Emitter::may_have_pair(const BytePair& pair, char fold, llvm::Value* slot) {
    constexpr uint64_t kPage = 4096;
    BasicBlock* near = block("near");
    BasicBlock* far = block("far");
    auto* data = member(slot, offsetof(Value, data), ptr_);
    auto* size = b_.CreateZExt(member(slot, offsetof(Value, size), i32_), i64_);
    auto* places = b_.CreateSub(size, b_.getInt64(pair.distance));
    auto* one_block = b_.CreateICmpULT(b_.CreateSub(places, b_.getInt64(1)), b_.getInt64(kPairBlock));
    auto* in_page = b_.CreateAnd(b_.CreatePtrToInt(data, i64_), b_.getInt64(kPage - 1));
    auto* readable = b_.CreateICmpULE(in_page, b_.getInt64(kPage - kPairBlock - pair.distance));
    auto* long_enough = b_.CreateICmpSGT(places, b_.getInt64(0));
    b_.CreateCondBr(b_.CreateAnd(one_block, readable), near, far);

    b_.SetInsertPoint(near);
    auto* vector = llvm::FixedVectorType::get(i8_, kPairBlock);
    auto begins = [&](size_t behind, char byte) {
        auto* address = b_.CreateConstInBoundsGEP1_64(i8_, data, behind);
        llvm::Value* bytes = b_.CreateFreeze(b_.CreateAlignedLoad(vector, address, llvm::Align(1)));
        auto all = [&](char of) {
            return b_.CreateVectorSplat(kPairBlock, b_.getInt8(static_cast<uint8_t>(of)));
        };
        if (fold != 0) bytes = b_.CreateOr(bytes, all(fold));
        return b_.CreateICmpEQ(bytes, all(byte));
    };
    auto* both = b_.CreateAnd(begins(0, pair.first), begins(pair.distance, pair.second));
    auto* others = b_.CreateSub(b_.getInt64(kPairBlock), places);
    auto* found = b_.CreateIsNotNull(b_.CreateShl(b_.CreateBitCast(both, i64_), others));
    return join(near, found, far, long_enough);
}

// A look at a value that is present. What is not done in place is left to the index.
void Emitter::find_in_place(const Bucket::Look& look, const std::vector<Literal>& literals, llvm::Value* held,
                            llvm::Value* slot) {
    std::vector<const Literal*> equal;
    std::map<std::string, const Literal*> beginnings, ends;
    for (const Literal& literal : literals) {
        if (literal.place == LiteralPlace::Whole) equal.push_back(&literal);
        if (literal.place == LiteralPlace::Beginning) beginnings[literal.text] = &literal;
        if (literal.place == LiteralPlace::End) ends[literal.text] = &literal;
    }
    uint32_t in_place = 0;
    for (const Literal& literal : literals) in_place |= place_bit(literal.place);
    for (const Bucket::Look::Part& part : look.parts) {
        if ((part.places & in_place) == 0) continue;
        when(wanted(part, held), [&] {
            if (part.places & place_bit(LiteralPlace::Whole) && !equal.empty()) find_equal(equal, held, slot);
            if (part.places & place_bit(LiteralPlace::Beginning) && !beginnings.empty())
                find_ends(beginnings, false, held, slot);
            if (part.places & place_bit(LiteralPlace::End) && !ends.empty())
                find_ends(ends, true, held, slot);
        });
    }
    auto* others = b_.CreateAnd(wanted_places(look, held), b_.getInt32(~in_place));
    auto ask = [&] {
        auto* index = b_.getInt32(look.index);
        if (found_)
            add_to(found_, call(kFindSymbol, i64_, {self_, index, others, held, slot}));
        else
            call(kLookSymbol, b_.getVoidTy(), {self_, index, others, held, slot, scratch_});
    };
    const Substrings* parts = tables_.indexes[look.index].only_parts();
    when(b_.CreateIsNotNull(others), [&] {
        if (!parts || !parts->pair()) return ask();
        when(may_have_pair(*parts->pair(), parts->fold(), slot), ask);
    });
}

}  // namespace stoop
