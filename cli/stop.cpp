#include "cli/stop.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace stoop::cli {
namespace {

constexpr int kSignals[] = {SIGINT, SIGTERM};

// What a signal handler can reach.
Interrupt interrupt_;
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
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    for (int number : kSignals) {
        struct sigaction before {};
        sigaction(number, nullptr, &before);
        if (before.sa_handler != SIG_IGN) sigaction(number, &action, nullptr);  // nohup, a shell's `&`
    }
}

Stop::~Stop() {
    for (int number : kSignals) {
        struct sigaction now {};
        sigaction(number, nullptr, &now);
        if (now.sa_handler == on_signal) std::signal(number, SIG_DFL);
    }
    ::close(interrupt_.wake);
    ::close(write_end_);
    interrupt_.wake = write_end_ = -1;
}

void Stop::request() { wake(); }
int Stop::signal() const { return signal_; }
const Interrupt& Stop::interrupt() const { return interrupt_; }

}  // namespace stoop::cli
