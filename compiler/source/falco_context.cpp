#include "compiler/source/falco_context.h"

namespace stoop {

FalcoContext FalcoContext::within(std::string shown, std::string_view counted, uint32_t at) const {
    FalcoContext out = *this;
    FalcoExpression place{std::move(shown), 1, 1, at};
    for (char c : counted.substr(0, at)) {
        ++place.column;
        if (c != '\n' && c != '\r') continue;
        ++place.line;
        place.column = 1;
    }
    out.expression = std::move(place);
    return out;
}

}  // namespace stoop
