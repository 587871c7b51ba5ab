// SPDX-License-Identifier: Apache-2.0
#include "runtime/engine/regex_store.h"

#include <re2/re2.h>

#include <algorithm>

#include "runtime/engine/regex_literals.h"

namespace stoop {
namespace {

// RE2 divides what it may take (max_mem): two thirds are for matching forwards, which is all that is done
// here, and of these a fourth at most for the program. What the program does not take is for states.
constexpr uint64_t kInstruction = 8;  // bytes
constexpr uint64_t kLeastForInstruction = 4 * kInstruction;
constexpr uint64_t max_mem(uint64_t forwards) { return forwards / 2 * 3; }
constexpr uint64_t forwards(uint64_t max_mem) { return max_mem / 3 * 2; }

// Besides what it may take for matching: the expression as it was parsed, and the like.
constexpr uint64_t kOverhead = 2048;

constexpr uint64_t kProgram = 1024;  // without any

uint64_t least(const re2::RE2& regex) {
    return kProgram + kLeastForInstruction * static_cast<uint64_t>(regex.ProgramSize());
}

std::shared_ptr<const re2::RE2> compiled(std::string_view pattern, int64_t max_mem) {
    re2::RE2::Options options(re2::RE2::POSIX);
    options.set_log_errors(false);
    options.set_max_mem(max_mem);
    return std::make_shared<const re2::RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
}

const int64_t kDefault = re2::RE2::Options().max_mem();

}  // namespace

const RegexStore::Entry& RegexStore::compile(std::string_view pattern) {
    auto known = entries_.find(pattern);
    if (known != entries_.end()) return known->second;
    // Whether it is an expression is decided with the memory that Falco gives it.
    Entry entry{compiled(pattern, kDefault), {}};
    if (entry.regex->ok()) {
        needed_ += kOverhead + least(*entry.regex);
        entry.literals = required_literals(*entry.regex);
    }
    return entries_.emplace(pattern, std::move(entry)).first->second;
}

RegexMemory RegexStore::share() {
    RegexMemory out;
    uint64_t all = 0;
    const uint64_t most = forwards(static_cast<uint64_t>(kDefault));
    for (const auto& [pattern, entry] : entries_) {
        if (!entry.regex->ok()) continue;
        ++out.expressions;
        all += kOverhead + most;
    }
    if (all <= memory_ || is_over()) return out;
    out.limited = true;
    out.each = (memory_ - needed_) / out.expressions;
    for (auto& [pattern, entry] : entries_) {
        if (!entry.regex->ok()) continue;
        // While it is compiled a program may be longer than it is then.
        for (auto wanted = static_cast<int64_t>(max_mem(least(*entry.regex) + out.each)); wanted < kDefault;
             wanted *= 2) {
            auto smaller = compiled(pattern, wanted);
            if (!smaller->ok()) continue;
            entry.regex = std::move(smaller);
            break;
        }
    }
    return out;
}

}  // namespace stoop
