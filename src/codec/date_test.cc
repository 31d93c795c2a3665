// SPDX-License-Identifier: Apache-2.0
#include "codec/date.h"

#include <gtest/gtest.h>

#include <string>

namespace farshore::codec {
namespace {

constexpr UnixMillis kInstant = 1704164645678;  // 2024-01-02T03:04:05.678Z

TEST(Date, FormatsEveryForm) {
  EXPECT_EQ(format_rfc1123(kInstant), "Tue, 02 Jan 2024 03:04:05 GMT");
  EXPECT_EQ(format_iso_basic(kInstant), "20240102T030405Z");
  EXPECT_EQ(format_iso_seconds(kInstant), "2024-01-02T03:04:05Z");
  EXPECT_EQ(format_iso_millis(kInstant), "2024-01-02T03:04:05.000Z");
  EXPECT_EQ(format_iso_exact_millis(kInstant), "2024-01-02T03:04:05.678Z");
  EXPECT_EQ(format_yyyymmdd(kInstant), "20240102");
}

TEST(Date, ParsesWhatItFormats) {
  const UnixMillis seconds = kInstant - 678;
  EXPECT_EQ(parse_rfc1123("Tue, 02 Jan 2024 03:04:05 GMT"), seconds);
  EXPECT_EQ(parse_iso_basic("20240102T030405Z"), seconds);
  EXPECT_EQ(parse_iso8601("2024-01-02T03:04:05Z"), seconds);
  EXPECT_EQ(parse_iso8601("2024-01-02T03:04:05.678Z"), kInstant);
  EXPECT_EQ(parse_yyyymmdd("20240102"), 1704153600000);
}

TEST(Date, KnowsTheEpochAndWhatLiesBeforeIt) {
  EXPECT_EQ(format_rfc1123(0), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(format_iso_exact_millis(-1), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(parse_iso8601("1969-12-31T23:59:59.999Z"), -1);
  EXPECT_EQ(format_iso_basic(951782400000), "20000229T000000Z");
}

TEST(Date, ClampsToFourDigitYears) {
  EXPECT_EQ(format_iso_seconds(INT64_MAX), "9999-12-31T23:59:59Z");
  EXPECT_EQ(format_iso_seconds(INT64_MIN), "0000-01-01T00:00:00Z");
  EXPECT_EQ(format_rfc1123(INT64_MAX), "Fri, 31 Dec 9999 23:59:59 GMT");
}

TEST(Date, AcceptsOffsetsAndFractions) {
  const UnixMillis seconds = kInstant - 678;
  EXPECT_EQ(parse_iso8601("2024-01-02T11:04:05+08:00"), seconds);
  EXPECT_EQ(parse_iso8601("2024-01-02T11:04:05+0800"), seconds);
  EXPECT_EQ(parse_iso8601("2024-01-01T21:34:05.5-05:30"), seconds + 500);
  EXPECT_EQ(parse_iso8601("2024-01-02T03:04:05.67899999999Z"), kInstant);
  EXPECT_EQ(parse_iso8601("2024-01-02T03:04:05.07Z"), seconds + 70);
}

TEST(Date, RefusesWhatIsNoInstant) {
  for (const auto* text :
       {"", "2024-01-02", "2024-01-02T03:04:05", "2024-01-02T03:04Z", "2024-02-30T00:00:00Z", "2023-02-29T00:00:00Z",
        "2024-13-01T00:00:00Z", "2024-00-01T00:00:00Z", "2024-01-00T00:00:00Z", "2024-01-02T24:00:00Z",
        "2024-01-02T03:60:05Z", "2024-01-02T03:04:61Z", "2024-01-02T03:04:05.Z", "2024-01-02T03:04:05ZZ",
        " 2024-01-02T03:04:05Z", "2024-01-02T03:04:05+8:00", "2024-01-02T03:04:05+24:00", "2024-1-02T03:04:05Z",
        "2024-01-02 03:04:05Z", "+024-01-02T03:04:05Z", "2024-01-02T03:04:05z"}) {
    EXPECT_FALSE(parse_iso8601(text)) << text;
  }
  for (const auto* text : {"", "20240102T030405", "20240102030405Z", "20240231T030405Z", "20240102T030405ZZ"}) {
    EXPECT_FALSE(parse_iso_basic(text)) << text;
  }
  for (const auto* text : {"", "Tue, 2 Jan 2024 03:04:05 GMT", "Tue, 02 Jan 2024 03:04:05",
                           "Tue 02 Jan 2024 03:04:05 GMT",
                           "Tue, 02 jan 2024 03:04:05 GMT", "Xxx, 02 Jan 2024 03:04:05 GMT",
                           "Tue, 02 Jan 2024 03:04:05 +0000", "Tue, 32 Jan 2024 03:04:05 GMT"}) {
    EXPECT_FALSE(parse_rfc1123(text)) << text;
  }
  for (const auto* text : {"", "2024012", "202401022", "20240230", "2024-1-2"}) EXPECT_FALSE(parse_yyyymmdd(text));
}

TEST(Date, ALeapSecondIsTheNextSecond) {
  EXPECT_EQ(parse_iso8601("2016-12-31T23:59:60Z"), parse_iso8601("2017-01-01T00:00:00Z"));
}

TEST(Date, NothingOutsideFourDigitYearsIsRead) {
  EXPECT_FALSE(parse_iso_basic("99991231T235960Z"));
  EXPECT_FALSE(parse_iso8601("9999-12-31T23:59:59-00:01"));
  EXPECT_FALSE(parse_iso8601("0000-01-01T00:00:00+00:01"));
  EXPECT_TRUE(parse_iso8601("0000-01-01T00:00:00Z"));
}

TEST(Date, TheWeekdayIsNotChecked) {
  EXPECT_EQ(parse_rfc1123("Mon, 02 Jan 2024 03:04:05 GMT"), parse_rfc1123("Tue, 02 Jan 2024 03:04:05 GMT"));
}

TEST(Date, DaysOfTwentyCenturiesReadBack) {
  constexpr UnixMillis kDay = 86400000;
  for (UnixMillis at = -62135596800000 / kDay; at < 0; at += 97) {
    const UnixMillis instant = at * kDay + 12345000;
    EXPECT_EQ(parse_rfc1123(format_rfc1123(instant)), instant);
    EXPECT_EQ(parse_iso8601(format_iso_seconds(instant)), instant);
  }
}

}  // namespace
}  // namespace farshore::codec
