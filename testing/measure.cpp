// SPDX-License-Identifier: Apache-2.0
#include "testing/measure.h"

#include <algorithm>
#include <chrono>
#include <random>

namespace stoop {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kShortestRound = 3e6;  // ns
constexpr int kResamples = 2000;

double ns_since(Clock::time_point start) {
    return std::chrono::duration<double, std::nano>(Clock::now() - start).count();
}

double quantile(std::vector<double> values, double q) {
    if (values.empty()) return 0;
    auto at = values.begin() + static_cast<ptrdiff_t>(q * static_cast<double>(values.size() - 1) + 0.5);
    std::nth_element(values.begin(), at, values.end());
    return *at;
}

double median(std::vector<double> values) { return quantile(std::move(values), 0.5); }

// What reading the clock twice takes.
double clock_overhead() {
    std::vector<double> values;
    for (int i = 0; i < 1000; ++i) values.push_back(ns_since(Clock::now()));
    return median(std::move(values));
}

class Runner {
  public:
    explicit Runner(const Workload& workload) : work_(workload), fired_(workload.rules + 1) {
        double once = pass(1);
        passes_ = static_cast<uint32_t>(std::clamp(kShortestRound / std::max(once, 1.0), 1.0, 1e6));
    }

    // ns an event.
    double round() {
        double all = pass(passes_);
        return all / static_cast<double>(passes_) / static_cast<double>(work_.events->size());
    }

    double p99_round(double overhead) {
        latencies_.clear();
        // Enough events that the highest hundredth is more than one of them.
        for (size_t done = 0; done < 2000; done += work_.events->size())
            for (const Event& event : *work_.events) {
                Clock::time_point start = Clock::now();
                match(event);
                latencies_.push_back(std::max(0.0, ns_since(start) - overhead));
            }
        return quantile(latencies_, 0.99);
    }

  private:
    void match(const Event& event) {
        uint32_t count =
            work_.engine.match(event.values.data(), event.type, scratch_, fired_.data(), work_.limit);
        // The result must be needed.
        asm volatile("" : : "r"(count) : "memory");
    }
    double pass(uint32_t times) {
        Clock::time_point start = Clock::now();
        for (uint32_t i = 0; i < times; ++i)
            for (const Event& event : *work_.events) match(event);
        return ns_since(start);
    }

    const Workload& work_;
    Scratch scratch_;
    std::vector<uint32_t> fired_;
    std::vector<double> latencies_;
    uint32_t passes_ = 1;
};

Figures figures(const std::vector<double>& rounds, const std::vector<double>& p99s) {
    return {*std::min_element(rounds.begin(), rounds.end()), median(rounds), median(p99s)};
}

Ratio ratio(const std::vector<double>& before, const std::vector<double>& after) {
    std::vector<double> ratios;
    for (size_t i = 0; i < before.size(); ++i) ratios.push_back(after[i] / std::max(before[i], 1e-3));
    std::mt19937 random(1);
    std::uniform_int_distribution<size_t> any(0, ratios.size() - 1);
    std::vector<double> medians, sample(ratios.size());
    for (int i = 0; i < kResamples; ++i) {
        for (double& value : sample) value = ratios[any(random)];
        medians.push_back(median(sample));
    }
    return {median(ratios), quantile(medians, 0.005), quantile(medians, 0.995)};
}

}  // namespace

Figures measure(const Workload& workload, uint32_t rounds) {
    Runner runner(workload);
    double overhead = clock_overhead();
    std::vector<double> averages, p99s;
    for (uint32_t i = 0; i < rounds; ++i) {
        averages.push_back(runner.round());
        p99s.push_back(runner.p99_round(overhead));
    }
    return figures(averages, p99s);
}

SpeedComparison compare_speed(const Workload& before, const Workload& after, uint32_t rounds) {
    Runner a(before), b(after);
    double overhead = clock_overhead();
    std::vector<double> averages_a, averages_b, p99s_a, p99s_b;
    auto one = [&](Runner& runner, std::vector<double>& averages, std::vector<double>& p99s) {
        averages.push_back(runner.round());
        p99s.push_back(runner.p99_round(overhead));
    };
    for (uint32_t i = 0; i < rounds; ++i) {
        bool turned = i % 2 == 1;
        if (turned) one(b, averages_b, p99s_b);
        one(a, averages_a, p99s_a);
        if (!turned) one(b, averages_b, p99s_b);
    }
    return {figures(averages_a, p99s_a), figures(averages_b, p99s_b), ratio(averages_a, averages_b),
            ratio(p99s_a, p99s_b)};
}

}  // namespace stoop
