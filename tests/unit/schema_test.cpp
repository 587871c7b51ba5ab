// SPDX-License-Identifier: Apache-2.0
#include "runtime/event/schema.h"

#include <gtest/gtest.h>

namespace stoop {
namespace {

TEST(Schema, FindsFieldsWithTheirArguments) {
    const Schema& schema = syscall_schema();
    EXPECT_EQ(schema.find("proc.name").ref->type, Type::CHARBUF);
    EXPECT_EQ(schema.find("proc.aname[2]").ref->argument, "2");
    EXPECT_EQ(schema.find("proc.aname[2]").ref->comparison, Comparison::Ordinary);
    EXPECT_EQ(schema.find("proc.aname").ref->comparison, Comparison::AnyAncestor);
    EXPECT_EQ(schema.find("evt.arg.flags").ref->argument, "flags");
    EXPECT_EQ(schema.find("evt.rawarg.fd").ref->type, Type::FD);
}

TEST(Schema, SaysWhatIsWrongAndWhatMayBeMeant) {
    const Schema& schema = syscall_schema();
    EXPECT_EQ(schema.suggest("proc.is_exe_from_memdf"), "proc.is_exe_from_memfd");
    EXPECT_EQ(schema.suggest("evt.arg.flgas"), "evt.arg.flags");
    EXPECT_FALSE(schema.find("evt.arg").ref);
    EXPECT_FALSE(schema.find("proc.name[1]").ref);
    EXPECT_FALSE(schema.find("proc.aname[x]").ref);
    EXPECT_FALSE(schema.find("evt.type.is.nothing").ref);
}

TEST(Schema, RefusesWhatItDoesNotUnderstand) {
    EXPECT_THROW(Schema({"{}"}), std::runtime_error);
    EXPECT_THROW(Schema({R"({"source": "s", "fields": [{"name": "a.b", "type": "NONSENSE"}]})"}),
                 std::runtime_error);
    EXPECT_THROW(
        Schema({R"({"source": "s", "fields": [{"name": "a.b", "type": "BOOL", "flags": ["odd"]}]})"}),
        std::runtime_error);
}

}  // namespace
}  // namespace stoop
