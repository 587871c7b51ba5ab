// SPDX-License-Identifier: Apache-2.0
// What is known of a container.
#include "runtime/ingest/facts.h"

namespace stoop {
namespace {

// container.image.repository, container.image.tag, container.type
Value image(const DerivationInput& d) {
    // Of Docker's containers Falco shows the image as it was asked for, which may be without its tag.
    if (d.text(0).empty() || d.text(1).empty() || d.text(2) == "docker") return Value();
    std::string_view repository = d.text(0), tag = d.text(1);
    char* out = d.arena.bytes(repository.size() + 1 + tag.size());
    repository.copy(out, repository.size());
    out[repository.size()] = ':';
    tag.copy(out + repository.size() + 1, tag.size());
    return Value::of_text({out, repository.size() + 1 + tag.size()});
}

}  // namespace

std::vector<Fact> container_facts() {
    return {fixed("container.image", {"container.image.repository", "container.image.tag", "container.type"},
                  image, "`repository:tag` if there are both and the container is not known to be Docker's")};
}

}  // namespace stoop
