// SPDX-License-Identifier: Apache-2.0
// The worst that conditions and values can do: values of a megabyte made to be slow for the comparison that
// they meet. Prints for each what a byte of the value costs, and how that compares to the median.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "bench/workload.h"
#include "runtime/ingest/json/event_decoder.h"

namespace stoop::bench {
namespace {

struct Case {
    std::string name, condition, value;
};

std::string repeated(std::string_view unit, size_t size) {
    std::string out;
    while (out.size() < size) out += unit;
    return out;
}

std::string any_of(std::string_view comparison, const std::vector<std::string>& texts) {
    std::string out;
    for (const std::string& text : texts)
        out += fmt::format("{}proc.cmdline {} {}", out.empty() ? "" : " or ", comparison, text);
    return out;
}

std::vector<Case> cases() {
    constexpr size_t kSize = 1 << 20;
    std::string a = repeated("a", kSize), ab = repeated("ab", kSize), paths = repeated("/a", kSize),
                aab = repeated("aab", kSize);
    std::string mixed;  // ordinary text
    for (size_t i = 0; mixed.size() < kSize; ++i) mixed += fmt::format("/usr/lib/program-{} --option=x ", i);
    std::vector<std::string> overlapping, prefixed, suffixed, nested;
    for (size_t i = 1; i <= 60; ++i) {
        overlapping.push_back(repeated("a", i) + "b");
        prefixed.push_back(repeated("a", 60) + std::to_string(i));
        nested.push_back(aab.substr(i % 3, 1 + i / 3));
        suffixed.push_back(std::to_string(i) + repeated("a", 60));
    }
    std::string long_part = repeated("a", 250) + "b", long_periodic = repeated("ab", 250) + "c";
    return {
        {"contains, ordinary text", "proc.cmdline contains secret_key", mixed},
        {"icontains, ordinary text", "proc.cmdline icontains secret_key", mixed},
        {"glob, ordinary text", "proc.cmdline glob *secret*key*", mixed},
        {"regex, ordinary text", "proc.cmdline regex '.*secret_[a-z]+.*'", mixed},
        {"contains, long equal prefix", "proc.cmdline contains " + long_part, a},
        {"contains, periodic", "proc.cmdline contains " + long_periodic, ab},
        {"icontains, long equal prefix", "proc.cmdline icontains " + long_part, a},
        {"contains, 60 that overlap", any_of("contains", overlapping), a},
        {"contains, 60 that nearly are", any_of("contains", prefixed), a},
        {"not contains, 60 that nearly are", "not (" + any_of("contains", prefixed) + ")", a},
        {"contains, 60 that are everywhere", any_of("contains", nested), aab},
        {"endswith, 60 that nearly are", any_of("endswith", suffixed), a},
        {"glob, many stars", "proc.cmdline glob " + repeated("*a", 60) + "*b", a},
        {"glob, long part", "proc.cmdline glob *" + long_part + "*", a},
        {"glob, question marks", "proc.cmdline glob *a?a?a?a?b*", a},
        {"glob, 60 question marks", "proc.cmdline glob *" + repeated("a?", 120) + "b*", a},
        {"glob, 70 question marks that nearly fit", "proc.cmdline glob *" + repeated("a?", 140) + "*",
         repeated(repeated("a", 60) + "c", kSize)},
        {"glob, brackets", "proc.cmdline glob *[ab]*[ab]*[ab]c*", ab},
        {"glob, 20 brackets", "proc.cmdline glob *" + repeated("[a-c]", 100) + "c*", ab},
        {"glob of the event, no brackets end", "proc.cmdline glob val(proc.cmdline)",
         repeated("[", kSize) + "\\\\]"},
        {"regex, nested repeats", "proc.cmdline regex '(a+)+b'", a},
        {"regex, many choices", "proc.cmdline regex '(a|aa|aaa)*b'", a},
        {"pmatch, deep path", "proc.cmdline pmatch (/a/a/a/b, /a/a/b, /a/*/b)", paths},
        {"tolower", "tolower(proc.cmdline) contains " + long_part, a},
    };
}

double ns_per_byte(const Case& c, const Engine& engine, const Event& event) {
    Scratch scratch;
    uint32_t fired[2];
    double best = 0;
    for (int round = 0; round < 5; ++round) {
        auto start = std::chrono::steady_clock::now();
        engine.match(event.values.data(), event.type, scratch, fired, 1);
        double ns =
            std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start).count();
        if (round == 1 || ns < best) best = ns;  // the first one builds the automata of regexes
    }
    return best / static_cast<double>(c.value.size());
}

}  // namespace
}  // namespace stoop::bench

int main() {
    using namespace stoop;
    using namespace stoop::bench;
    std::vector<std::pair<double, std::string>> results;
    for (const Case& c : cases()) {
        std::string rule = fmt::format(
            "- rule: r\n  desc: d\n  condition: >\n    evt.type = execve and ({})\n  output: o\n  priority: "
            "INFO\n",
            c.condition);
        Workload work = make_workload_of(
            {{c.name, rule}}, {fmt::format(R"({{"evt.type":"execve","proc.cmdline":"{}"}})", c.value)});
        results.emplace_back(ns_per_byte(c, work.native->engine(), work.events[0]), c.name);
    }
    auto sorted = results;
    std::sort(sorted.begin(), sorted.end());
    double median = sorted[sorted.size() / 2].first;
    fmt::print("{:>10} {:>8}  input (values of a megabyte)\n", "ns a byte", "median *");
    for (const auto& [ns, name] : results) fmt::print("{:>10.3f} {:>8.2f}  {}\n", ns, ns / median, name);
    fmt::print("{:>10.3f} {:>8.2f}  median\n", median, 1.0);
}
