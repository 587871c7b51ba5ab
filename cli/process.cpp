// SPDX-License-Identifier: Apache-2.0
#include "cli/process.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "runtime/base/parallel.h"
#include "runtime/base/signals.h"

namespace stoop::cli {
namespace {

// Parsing recurses, to a bounded depth (limit `depth`). Only what is used takes memory.
constexpr size_t kStack = size_t{32} << 20;

}  // namespace

bool open_standard_descriptors() {
    for (int number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (fcntl(number, F_GETFD) >= 0 || errno != EBADF) continue;
        // For the other direction, so that using it fails. The lowest number that is free is this one.
        if (open("/dev/null", number == STDIN_FILENO ? O_WRONLY : O_RDONLY) != number) return false;
    }
    return true;
}

void ignore_write_signals() {
    for (int number : {SIGPIPE, SIGXFSZ}) std::signal(number, SIG_IGN);
}

int on_large_stack(const std::function<int()>& work) {
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) == 0) {
        if (pthread_attr_setstacksize(&attributes, kStack) == 0) pthread_setattr_default_np(&attributes);
        pthread_attr_destroy(&attributes);
    }
    int exit = 0;
    sigset_t signals;
    pthread_sigmask(SIG_SETMASK, nullptr, &signals);
    std::jthread thread = try_start([&] {
        pthread_sigmask(SIG_SETMASK, &signals, nullptr);
        exit = work();
    });
    if (!thread.joinable()) return work();
    // The thread that works has files to clean up, so it takes the signals.
    SignalsBlocked waiting;
    thread.join();
    return exit;
}

}  // namespace stoop::cli
