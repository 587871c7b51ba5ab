// SPDX-License-Identifier: Apache-2.0
#include "compiler/codegen/matcher.h"

#include <new>
#include <system_error>

#include "runtime/base/parallel.h"
#include "runtime/engine/prepare.h"
#include "runtime/engine/reference.h"
#include "runtime/engine/tables_engine.h"

namespace stoop {
namespace {

// The tables do these in less time than it takes to load LLVM, with rule sets of ordinary size.
constexpr uint64_t kWorthIt = 2'000;  // events

bool uses_tables(EngineChoice choice) {
    return choice == EngineChoice::Auto || choice == EngineChoice::Tables;
}

}  // namespace

Matcher::Matcher(const PreparedProgram& program, EngineChoice choice, std::optional<CodeCache> cache,
                 bool lines, std::string module)
    : program_(program),
      cache_(std::move(cache)),
      lines_(lines),
      module_(std::move(module)),
      tables_(uses_tables(choice) ? prepare(program, Use::Tables) : MatchTables()),
      first_(uses_tables(choice) ? tables_engine(tables_) : reference_engine(program)),
      waiting_(choice == EngineChoice::Auto) {
    if (choice == EngineChoice::Native) compile(problem_);
}

void Matcher::count(uint64_t events) {
    uint64_t before = events_.fetch_add(events, std::memory_order_relaxed);
    if (before >= kWorthIt || before + events < kWorthIt) return;
    // Without a thread, LLVM or memory for it, the tables go on.
    busy_ = true;
    background_ = try_start([this] {
        try {
            compile(problem_);
        } catch (const std::bad_alloc&) {
            problem_ = "out of memory";
        } catch (const std::system_error& e) {  // of files
            problem_ = e.what();
        }
        busy_.store(false, std::memory_order_release);
    });
    if (background_.joinable()) return;
    problem_ = "no thread to be had";
    busy_ = false;
}

void Matcher::compile(std::string& error) {
    native_ = NativeCode::compile(program_, error, {cache_ ? &*cache_ : nullptr, lines_, module_});
    ready_.store(native_.get(), std::memory_order_release);
}

}  // namespace stoop
