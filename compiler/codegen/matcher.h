// SPDX-License-Identifier: Apache-2.0
// Matching from the first event on: the match tables answer until native code has been made in the
// background, which begins when there are so many events that it may be worth it. Both give the same
// verdicts, so nobody can tell but by the clock.
//
// Any number of threads may match with one matcher, each with a Scratch of its own. Destroying it waits for
// code that is being made; the program must live as long.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "compiler/codegen/code_cache.h"
#include "compiler/codegen/native.h"
#include "runtime/engine/match_tables.h"

namespace stoop {

enum class EngineChoice : uint8_t {
    Auto,       // as above
    Tables,     // the match tables alone
    Reference,  // the reference evaluator alone
    Native,     // native code before the first event
};

class Matcher {
  public:
    // `cache`: where to look for code that was made before, and to leave it; may be nothing.
    // `lines` and `module` as in CodeOptions.
    Matcher(const PreparedProgram& program, EngineChoice choice, std::optional<CodeCache> cache,
            bool lines = false, std::string module = "");
    Matcher(const Matcher&) = delete;

    // The best engine there is now, for the next `events` events.
    Engine engine(uint64_t events) {
        const NativeCode* native = ready_.load(std::memory_order_acquire);
        if (native) return native->engine();
        if (waiting_) count(events);
        return first_;
    }

    // Why there is no native code, once it is certain that there will be none; to be asked when no thread
    // matches and nothing is busy. Otherwise empty.
    const std::string& problem() const { return problem_; }
    // Code is being made; destroying the matcher would wait for it.
    bool is_busy() const { return busy_.load(std::memory_order_acquire); }

  private:
    void count(uint64_t events);
    void compile(std::string& error);

    const PreparedProgram& program_;
    std::optional<CodeCache> cache_;
    const bool lines_;
    const std::string module_;
    MatchTables tables_;  // of `Auto` and `Tables`
    Engine first_;        // until there is native code
    const bool waiting_;  // for events, or for code
    std::atomic<uint64_t> events_ = 0;
    std::atomic<bool> busy_ = false;
    std::string problem_;
    std::unique_ptr<NativeCode> native_;
    std::atomic<const NativeCode*> ready_ = nullptr;
    std::jthread background_;  // the last: it ends before what it uses
};

}  // namespace stoop
