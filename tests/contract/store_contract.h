// SPDX-License-Identifier: Apache-2.0
// The whole contract of the storage ports, for a backend to instantiate with one line.
//
//   FARSHORE_STORE_CONTRACT(Memory, MemoryFixture);     MemoryFixture satisfies contract::StoreFixture
#pragma once

#include "tests/contract/blob_contract.h"
#include "tests/contract/journal_contract.h"
#include "tests/contract/model_contract.h"
#include "tests/contract/partition_contract.h"
#include "tests/contract/scan_contract.h"

#define FARSHORE_STORE_CONTRACT(backend, fixture)                                             \
  INSTANTIATE_TYPED_TEST_SUITE_P(backend, PartitionContract, testing::Types<fixture>);        \
  INSTANTIATE_TYPED_TEST_SUITE_P(backend, ScanContract, testing::Types<fixture>);             \
  INSTANTIATE_TYPED_TEST_SUITE_P(backend, JournalContract, testing::Types<fixture>);          \
  INSTANTIATE_TYPED_TEST_SUITE_P(backend, ModelContract, testing::Types<fixture>);            \
  INSTANTIATE_TYPED_TEST_SUITE_P(backend, BlobContract, testing::Types<fixture>)
