// SPDX-License-Identifier: Apache-2.0
#include "cli/progress.h"

#include <fmt/format.h>

#include <cstdio>

#include "cli/message.h"

namespace stoop::cli {
namespace {

constexpr double kInterval = 0.2;  // seconds

std::string duration(double seconds) {
    auto s = static_cast<uint64_t>(seconds);
    return s < 3600 ? fmt::format("{}:{:02}", s / 60, s % 60)
                    : fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
}

}  // namespace

void Progress::update(uint64_t position, uint64_t events, uint64_t alerts) {
    if (!shown_) return;
    double now = seconds();
    if (now - last_ < kInterval) return;
    last_ = now;
    visible_ = true;
    double done = static_cast<double>(position);
    std::string line = fmt::format("{:.1f} MB", done / 1e6);
    if (size_ > 0 && position > 0 && position <= size_) {
        double all = static_cast<double>(size_);
        line += fmt::format(" of {:.1f} MB ({} %), {} left", all / 1e6, static_cast<int>(100 * done / all),
                            duration(now * (all - done) / done));
    }
    message("\r\x1b[K{}, {} events ({:.0f}/s), {} alerts", line, events, static_cast<double>(events) / now,
            alerts);
    std::fflush(stderr);
}

void Progress::clear() {
    if (visible_) message("\r\x1b[K");
    visible_ = false;
}

}  // namespace stoop::cli
