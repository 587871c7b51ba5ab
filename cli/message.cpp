#include "cli/message.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

namespace stoop::cli {

void write_message(std::string_view text) {
    while (!text.empty()) {
        ssize_t size = ::write(STDERR_FILENO, text.data(), text.size());
        if (size > 0) {
            text.remove_prefix(static_cast<size_t>(size));
        } else if (size < 0 && errno == EAGAIN) {
            pollfd wait{STDERR_FILENO, POLLOUT, 0};
            poll(&wait, 1, -1);
        } else if (size == 0 || errno != EINTR) {
            return;
        }
    }
}

void write_output(std::string_view text) {
    if (std::fwrite(text.data(), 1, text.size(), stdout) < text.size())
        throw std::system_error(errno, std::generic_category());
}

}  // namespace stoop::cli
