// SPDX-License-Identifier: Apache-2.0
#include "runtime/program/digest.h"

#include <fmt/format.h>
#include <sodium.h>

#include "runtime/program/encode.h"

namespace stoop {

std::string digest(const Program& program) {
    const std::string bytes = encode(program);
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
    std::string out;
    for (unsigned char byte : hash) out += fmt::format("{:02x}", byte);
    return out;
}

}  // namespace stoop
