// SPDX-License-Identifier: Apache-2.0
#include "compiler/syntax/escape.h"

namespace stoop {
namespace {

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

Unescaped unescape(std::string_view quoted) {
    char quote = quoted[0];
    std::string_view body = quoted.substr(1, quoted.size() - 2);
    Unescaped out;
    auto fail = [&](size_t at, std::string error, std::string help, std::string falco) {
        out.falco = std::move(falco);
        out.error = std::move(error);
        out.help = std::move(help);
        out.error_offset = at + 1;
    };
    for (size_t i = 0; i < body.size(); ++i) {
        if (body[i] != '\\' || i + 1 == body.size()) {
            out.text += body[i];
            continue;
        }
        size_t at = i++;
        switch (body[i]) {
            case 'b': out.text += '\b'; break;
            case 'f': out.text += '\f'; break;
            case 'n': out.text += '\n'; break;
            case 'r': out.text += '\r'; break;
            case 't': out.text += '\t'; break;
            case ' ':  // a backslash; Falco drops the blank
            case '\\': out.text += '\\'; break;
            case '/': out.text += '/'; break;
            case '"':
            case '\'':
                if (body[i] != quote) {
                    fail(at,
                         std::string("'\\") + body[i] + "' is not an escape in a string quoted with " + quote,
                         std::string("write ") + body[i] + " without the backslash",
                         std::string("invalid \\") + body[i] + " escape in " + quote + "-quoted string");
                    return out;
                }
                out.text += body[i];
                break;
            case 'x': {
                int high = i + 1 < body.size() ? hex_digit(body[i + 1]) : -1;
                int low = i + 2 < body.size() ? hex_digit(body[i + 2]) : -1;
                if (high < 0 || low < 0) {
                    fail(at, "'\\x' must be followed by two hexadecimal digits",
                         "for a backslash write '\\\\'", "unsupported string escape sequence: \\x");
                    return out;
                }
                out.text += static_cast<char>(high * 16 + low);
                i += 2;
                break;
            }
            default:
                fail(at, std::string("'\\") + body[i] + "' is not an escape", "for a backslash write '\\\\'",
                     std::string("unsupported string escape sequence: \\") + body[i]);
                return out;
        }
    }
    return out;
}

}  // namespace stoop
