// SPDX-License-Identifier: Apache-2.0
#include "runtime/base/signals.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <climits>
#include <cstring>

namespace stoop {
namespace {

// What the handler reads. `folder` is -1 while the slot is free or being filled.
struct Slot {
    std::atomic<bool> taken = false;
    std::atomic<int> folder = -1;
    char name[NAME_MAX + 1] = {};
};
Slot slots[8];

void remove_and_end(int number) {
    for (Slot& slot : slots)
        if (int folder = slot.folder; folder >= 0) unlinkat(folder, slot.name, 0);
    // SA_RESETHAND has restored the default, which ends the program once the handler returns.
    raise(number);
}

// By default these do not end the program, or cannot be caught.
bool ends_program(int number) {
    constexpr int kOthers[] = {SIGKILL, SIGSTOP, SIGCHLD, SIGCONT, SIGTSTP,
                               SIGTTIN, SIGTTOU, SIGURG,  SIGWINCH};
    return std::find(std::begin(kOthers), std::end(kOthers), number) == std::end(kOthers);
}

void handle_signals() {
    struct sigaction action {};
    action.sa_handler = remove_and_end;
    action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_ONSTACK;
    sigfillset(&action.sa_mask);
    for (int number = 1; number <= SIGRTMAX; ++number) {
        struct sigaction before {};
        if (!ends_program(number) || sigaction(number, nullptr, &before) != 0) continue;
        if (before.sa_handler == SIG_DFL) sigaction(number, &action, nullptr);
    }
}

}  // namespace

// Before there is a file, so that the program is not killed among all these calls while there is one.
RemovedOnSignal::RemovedOnSignal() { [[maybe_unused]] static const bool once = (handle_signals(), true); }

bool RemovedOnSignal::set(int folder, const std::string& name) {
    if (name.size() > NAME_MAX) return false;
    clear();
    for (Slot& slot : slots) {
        if (slot.taken.exchange(true)) continue;
        std::memcpy(slot.name, name.c_str(), name.size() + 1);
        slot.folder = folder;
        slot_ = static_cast<int>(&slot - slots);
        return true;
    }
    return false;
}

void RemovedOnSignal::clear() {
    if (slot_ < 0) return;
    slots[slot_].folder = -1;
    slots[slot_].taken = false;
    slot_ = -1;
}

}  // namespace stoop
