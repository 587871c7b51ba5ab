// SPDX-License-Identifier: Apache-2.0
#include "cli/stop.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <iterator>

namespace stoop::cli {
namespace {

constexpr int kSignals[] = {SIGINT, SIGTERM};

// What a signal handler can reach.
Interrupt interrupt_;
struct sigaction before_[std::size(kSignals)];  // what the signals did
std::atomic<int> signal_ = 0, write_end_ = -1;

void wake() {
    interrupt_.requested = true;
    // The byte stays in the pipe, for all who wait.
    [[maybe_unused]] ssize_t written = ::write(write_end_, "", 1);
}

void on_signal(int number) {
    int before = errno;
    signal_ = number;
    wake();
    for (size_t i = 0; i < std::size(kSignals); ++i)
        if (kSignals[i] == number) sigaction(number, &before_[i], nullptr);
    errno = before;
}

}  // namespace

Stop::Stop() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0) {
        interrupt_.wake = ends[0];
        write_end_ = ends[1];
    }
    struct sigaction action {};
    action.sa_handler = on_signal;
    for (size_t i = 0; i < std::size(kSignals); ++i) {
        sigaction(kSignals[i], nullptr, &before_[i]);
        if (before_[i].sa_handler != SIG_IGN)  // nohup, a shell's `&`
            sigaction(kSignals[i], &action, nullptr);
    }
}

Stop::~Stop() {
    for (size_t i = 0; i < std::size(kSignals); ++i) sigaction(kSignals[i], &before_[i], nullptr);
    ::close(interrupt_.wake);
    ::close(write_end_);
    interrupt_.wake = write_end_ = -1;
}

void Stop::request() { wake(); }
int Stop::signal() const { return signal_; }
const Interrupt& Stop::interrupt() const { return interrupt_; }

}  // namespace stoop::cli
