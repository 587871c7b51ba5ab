// SPDX-License-Identifier: Apache-2.0
#include "runtime/base/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace stoop {

Descriptor::~Descriptor() {
    if (number_ >= 0) ::close(number_);
}

TextFile read_text_file(const std::string& path, const Limits& limits) {
    Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
    if (file) return read_text(file, limits);
    return {"", std::strerror(errno)};
}

TextFile read_text(const Descriptor& file, const Limits& limits) {
    TextFile out;
    char buffer[1 << 16];
    ssize_t got;
    while ((got = ::read(file.get(), buffer, sizeof buffer)) != 0) {
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return {"", std::strerror(errno)};
        out.text.append(buffer, static_cast<size_t>(got));
        if (out.text.size() <= limits[Limit::FileBytes]) continue;
        std::string most = limit_text(Limit::FileBytes, limits[Limit::FileBytes]);
        return {"", fmt::format("it is too large; {}", most), true};
    }
    return out;
}

size_t write_all(int descriptor, std::string_view text) {
    size_t done = 0;
    while (done < text.size()) {
        ssize_t size = ::write(descriptor, text.data() + done, text.size() - done);
        if (size > 0) {
            done += static_cast<size_t>(size);
        } else if (size < 0 && errno == EAGAIN) {
            pollfd wait{descriptor, POLLOUT, 0};
            poll(&wait, 1, -1);
        } else if (size == 0 || errno != EINTR) {
            if (size == 0) errno = ENOSPC;
            break;
        }
    }
    return done;
}

}  // namespace stoop
