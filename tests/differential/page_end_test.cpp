// SPDX-License-Identifier: Apache-2.0
// Native code compares 64 places of a value at once and may read what lies behind it. Behind the last page of
// a mapping there is nothing: values that end there, or before bytes that would complete a text, get the
// verdicts that the reference gives them.
#include <sys/mman.h>
#include <unistd.h>

#include <fmt/format.h>

#include "runtime/engine/prepare.h"
#include "tests/differential/all_engines.h"

namespace stoop::tests {
namespace {

// Bytes before the end of which nothing can be read.
class LastPage {
  public:
    LastPage() {
        void* pages = mmap(nullptr, 2 * size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (pages == MAP_FAILED) throw std::bad_alloc();
        begin_ = static_cast<char*>(pages);
        if (mprotect(begin_ + size_, size_, PROT_NONE) != 0) throw std::runtime_error("mprotect failed");
    }
    ~LastPage() { munmap(begin_, 2 * size_); }
    LastPage(const LastPage&) = delete;
    LastPage& operator=(const LastPage&) = delete;

    // The text with `behind` after it, which ends with the page. Valid until the next.
    Value place(std::string_view text, std::string_view behind) {
        char* at = begin_ + size_ - text.size() - behind.size();
        std::copy(text.begin(), text.end(), at);
        std::copy(behind.begin(), behind.end(), at + text.size());
        return Value::of_text({at, text.size()});
    }

  private:
    const size_t size_ = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    char* begin_;
};

// `others`: rules that do not look for parts.
void compare_at_page_end(int others) {
    std::vector<RuleSource> sources{{"part", "evt.type = open and fd.nameraw contains ../"},
                                    {"any case", "evt.type = open and fd.filename icontains PassWd"}};
    // So many that values are looked at before rules.
    for (int i = 0; i < others; ++i)
        sources.push_back({fmt::format("r{}", i), fmt::format("evt.type = open and fd.name = /f{}", i)});
    auto compilation = compile_conditions(sources, Schemas());
    const PreparedProgram& program = *compilation->program;
    const MatchTables tables = prepare(program, Use::Code);
    EXPECT_EQ(std::count_if(
                  tables.indexes.begin(), tables.indexes.end(),
                  [](const LiteralIndex& index) { return index.only_parts() && index.only_parts()->pair(); }),
              2);
    std::string error;
    auto native = NativeCode::compile(program, error);
    ASSERT_TRUE(native) << error;
    Event event;
    ASSERT_FALSE(EventDecoder(syscall_schema(), program).decode(R"({"evt.type": "open"})", event));

    Scratch scratch;
    auto fired = [&](const Engine& engine) {
        std::vector<uint32_t> out(program.rules.size() + 1);
        out.resize(engine.match(event.values.data(), event.type, scratch, out.data(),
                                static_cast<uint32_t>(program.rules.size())));
        return out;
    };
    LastPage page;
    size_t hits = 0;
    for (const char* name : {"fd.nameraw", "fd.filename"}) {
        auto slot = std::find_if(program.slots.begin(), program.slots.end(),
                                 [&](const Slot& slot) { return slot.spelling == name; });
        ASSERT_NE(slot, program.slots.end());
        Value& value = event.values[static_cast<size_t>(slot - program.slots.begin())];
        for (std::string_view part : {"../", "pASSwD", "pAS[wD"})
            for (size_t size = 0; size < 140; ++size)
                for (size_t cut = 0; cut <= part.size(); ++cut)
                    for (size_t behind : {size_t{0}, part.size() - cut, size_t{70}}) {
                        // The part ends the value, but for some bytes that stand behind it.
                        std::string text(size, 'x'), rest(part.substr(part.size() - cut));
                        text += part.substr(0, part.size() - cut);
                        rest.resize(behind, 'x');
                        value = page.place(text, rest);
                        auto expected = fired(reference_engine(program));
                        ASSERT_EQ(fired(native->engine()), expected) << text << " before " << rest;
                        hits += expected.size();
                    }
        value = Value();
    }
    EXPECT_GT(hits, 500u);
}

TEST(PageEnd, NothingIsReadBehindThePage) { compare_at_page_end(10); }
TEST(PageEnd, NothingIsReadBehindThePageForManyRules) { compare_at_page_end(100); }

}  // namespace
}  // namespace stoop::tests
