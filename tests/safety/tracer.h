// SPDX-License-Identifier: Apache-2.0
// Runs a program under ptrace and does something at one of its system calls: a fault injector.
//
// System calls are counted from 1, over all threads, from the first one that opens a file of the name `from`:
// what happens before is the loading of the program. One traced program at a time. x86-64 Linux only.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace stoop::tests {

struct Fault {
    enum class Kind { None, Fail, Signal, Call };
    Kind kind = Kind::None;
    int number = 0;  // of the error, or of the signal (SIGKILL among them), which comes before the call
    // An error is for calls that work on files; others go on.
    std::function<void()> call{};  // something else that happens meanwhile
};

struct TracePlan {
    std::vector<std::string> command;  // its first word is the path of the program
    std::filesystem::path folder;      // where it runs
    std::string from;
    size_t at = 0;  // the system call that the fault is for; 0: none
    Fault fault;
    bool nameless_files = true;  // false: O_TMPFILE is not supported
};

struct Traced {
    size_t calls = 0;     // that were counted
    long faulted = -1;    // the number of the system call that the fault was for; -1: it was not reached
    int exit = 0;         // 128 + the signal that ended it
    std::string message;  // standard error
};

// Nothing if programs cannot be traced here.
std::optional<Traced> run_traced(const TracePlan& plan);

}  // namespace stoop::tests
