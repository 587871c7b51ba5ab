// SPDX-License-Identifier: Apache-2.0
// What `stoop run` costs on real events, against simdjson merely iterating over every key and value of the
// same lines: all events of ../shared (or of fixtures/) with upstream's rules (or our own), repeated to a
// gigabyte (or as many megabytes as are given) in a temporary file. All sides take turns in one run, as the
// machine is not ours alone; each figure is the median.
#include <fcntl.h>
#include <fmt/format.h>
#include <simdjson.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "bench/workload.h"

namespace stoop::bench {
namespace {

namespace fs = std::filesystem;
using namespace simdjson;

constexpr size_t kBlock = size_t{1} << 20;

uint64_t visit(ondemand::value value) {
    switch (value.type().value()) {
        case ondemand::json_type::object: {
            uint64_t sum = 0;
            for (auto field : value.get_object().value())
                sum += field.unescaped_key().value().size() + visit(field.value().value());
            return sum;
        }
        case ondemand::json_type::array: {
            uint64_t sum = 0;
            for (auto item : value.get_array().value()) sum += visit(item.value());
            return sum;
        }
        case ondemand::json_type::string: return value.get_string().value().size();
        case ondemand::json_type::number: return value.get_number().error() == SUCCESS;
        case ondemand::json_type::boolean: return value.get_bool().value();
        case ondemand::json_type::null: return value.is_null().value();
    }
    return 0;
}

// Reads the file in blocks, as a program would that does nothing else.
uint64_t iterate(const std::string& path) {
    int file = open(path.c_str(), O_RDONLY);
    std::vector<char> buffer(kBlock * 2 + SIMDJSON_PADDING);
    ondemand::parser parser;
    uint64_t sum = 0;
    size_t held = 0;
    for (ssize_t got; (got = read(file, buffer.data() + held, kBlock)) > 0;) {
        size_t size = held + static_cast<size_t>(got), at = 0;
        while (auto* end = static_cast<char*>(memchr(buffer.data() + at, '\n', size - at))) {
            auto length = static_cast<size_t>(end - buffer.data()) - at;
            auto document =
                parser.iterate(padded_string_view(buffer.data() + at, length, buffer.size() - at));
            for (auto field : document.get_object())
                sum += field.unescaped_key().value().size() + visit(field.value().value());
            at += length + 1;
        }
        held = size - at;
        memmove(buffer.data(), buffer.data() + at, held);
    }
    close(file);
    return sum;
}

struct Cost {
    double seconds;
    double peak_mb;
};

// The time of a whole process, start-up included, and the most memory that it held: this one's at least,
// which is why it is kept small.
template <typename Body>
Cost cost(Body&& body) {
    auto start = std::chrono::steady_clock::now();
    pid_t child = fork();
    if (child == 0) body();
    int status;
    rusage usage;
    wait4(child, &status, 0, &usage);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fmt::print(stderr, "error: a side failed\n");
        std::exit(3);
    }
    return {std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(),
            static_cast<double>(usage.ru_maxrss) / 1024};
}

[[noreturn]] void run_stoop(const std::string& program, const char* jobs, const std::string& file) {
    std::vector<std::string> words = {program, "run", "-q", "-o", "json", "--output", "/dev/null", jobs};
    for (const std::string& rules : have_recordings() ? upstream_rules() : own_rules())
        words.insert(words.end(), {"-r", rules});
    words.push_back(file);
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    execv(program.c_str(), arguments.data());
    std::_Exit(127);
}

// All events, over and over.
[[noreturn]] void write_events(const std::string& path, size_t bytes) {
    std::FILE* out = std::fopen(path.c_str(), "wb");
    std::string text;
    for (const std::string& line : recorded_events()) text += line + "\n";
    size_t times = std::max<size_t>(1, bytes / text.size());
    for (size_t i = 0; out && i < times; ++i) std::fwrite(text.data(), 1, text.size(), out);
    std::_Exit(!out || std::fclose(out) != 0);
}

size_t count_lines(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::vector<char> buffer(kBlock);
    size_t lines = 0;
    while (in.read(buffer.data(), kBlock), in.gcount() > 0)
        lines += static_cast<size_t>(std::count(buffer.begin(), buffer.begin() + in.gcount(), '\n'));
    return lines;
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

int run(const std::string& program, size_t megabytes, size_t rounds) {
    fs::path folder = fs::temp_directory_path() / fmt::format("stoop-bench-{}", getpid());
    fs::create_directory(folder);
    std::string path = (folder / "events.jsonl").string();
    cost([&] { write_events(path, megabytes * 1'000'000); });
    size_t lines = count_lines(path);
    auto bytes = static_cast<double>(fs::file_size(path)), events = static_cast<double>(lines);

    struct Side {
        const char* name;
        std::vector<double> seconds, ratios;
        double peak = 0;
    };
    std::vector<Side> sides = {{"simdjson", {}, {}}, {"run -j1", {}, {}}, {"run -j2", {}, {}}};
    for (size_t round = 0; round < rounds; ++round)
        for (size_t i = 0; i < sides.size(); ++i) {
            Cost c = i == 0 ? cost([&] { std::_Exit(iterate(path) == 0); })
                            : cost([&] { run_stoop(program, i == 1 ? "-j1" : "-j2", path); });
            sides[i].seconds.push_back(c.seconds);
            sides[i].ratios.push_back(c.seconds / sides[0].seconds.back());
            sides[i].peak = std::max(sides[i].peak, c.peak_mb);
        }
    fmt::print("{:.0f} MB, {:.0f} events, {} rounds\n", bytes / 1e6, events, rounds);
    for (const Side& side : sides)
        fmt::print("{:<10} {:>7.2f} s {:>7.2f} GB/s {:>6.0f} ns/event {:>6.2f} x simdjson {:>6.0f} MB peak\n",
                   side.name, median(side.seconds), bytes / median(side.seconds) / 1e9,
                   median(side.seconds) * 1e9 / events, median(side.ratios), side.peak);
    std::vector<double> faster;
    for (size_t i = 0; i < rounds; ++i) faster.push_back(sides[1].seconds[i] / sides[2].seconds[i]);
    fmt::print("-j2 is {:.2f} times as fast as -j1\n", median(faster));
    fs::remove_all(folder);
    return 0;
}

}  // namespace
}  // namespace stoop::bench

int main(int argc, char** argv) {
    if (argc < 2) {
        fmt::print(stderr, "usage: bench_ingest STOOP [MEGABYTES [ROUNDS]]\n");
        return 3;
    }
    return stoop::bench::run(argv[1], argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 1000,
                             argc > 3 ? std::strtoul(argv[3], nullptr, 10) : 7);
}
