// SPDX-License-Identifier: Apache-2.0
// Documents of a grammar: XML and JSON made from a fuzzer's choices over a vocabulary, so that mutations reach past the parser.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "codec/json.h"
#include "fuzz/input.h"

namespace farshore::fuzz {

/// The words of a grammar; names are those of elements or members, values those that mean something inside them.
struct Vocabulary {
  std::span<const std::string_view> names;
  std::span<const std::string_view> values;
};

inline std::string_view word(Input& input, std::span<const std::string_view> words) { return words[input.below(words.size())]; }

/// A document that is mostly well formed. Every byte of the input adds at most one word, so it stays small.
inline std::string xml_of(Input& input, const Vocabulary& words) {
  std::string out = input.flag() ? "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" : "";
  std::vector<std::string_view> open;
  const auto begin = [&](std::string_view name) {
    out.append("<").append(name).append(">");
    open.push_back(name);
  };
  const auto end = [&] {
    out.append("</").append(open.back()).append(">");
    open.pop_back();
  };
  begin(word(input, words.names));
  while (!input.empty() && !open.empty()) {
    switch (input.byte() % 9) {
      case 0: begin(word(input, words.names)); break;
      case 1:
        if (open.size() > 1) end();
        break;
      case 2:
      case 3:  // an element with a value is what most of a document is
        begin(word(input, words.names));
        out.append(word(input, words.values));
        end();
        break;
      case 4: out.append(word(input, words.values)); break;
      case 5: {
        constexpr std::string_view kPieces[] = {"&amp;", "&#x41;", "&#0;", "<![CDATA[a]]>", "<!-- -->", "<?p?>", " ", "\n", "&#x10FFFF;", "<A/>"};
        out.append(input.pick(kPieces));
        break;
      }
      case 6: out.append(std::to_string(input.number())); break;
      case 7:
        begin(word(input, words.names));
        out.append(std::to_string(input.number()));
        end();
        break;
      default: out.append(input.text(40)); break;
    }
  }
  while (!open.empty()) end();
  return out;
}

namespace detail {
inline void json_value(Input& input, const Vocabulary& words, codec::JsonWriter& json, int depth) {
  const std::size_t kind = input.below(depth > 6 ? 6 : 10);
  switch (kind) {
    case 0:
    case 1:
    case 2: json.value(word(input, words.values)); return;
    case 3: json.value(input.text(60)); return;
    case 4: json.value(input.number()); return;
    case 5:
      if (input.flag()) {
        json.value(input.flag());
      } else {
        json.null();
      }
      return;
    case 6: {
      json.begin_array();
      for (std::size_t count = input.below(5); count > 0 && !input.empty(); --count) json_value(input, words, json, depth + 1);
      json.end_array();
      return;
    }
    default: {
      json.begin_object();
      for (std::size_t count = input.below(6); count > 0 && !input.empty(); --count) {
        const std::size_t which = input.byte();
        json.name(which == 255 ? input.text(20) : words.names[which % words.names.size()]);
        json_value(input, words, json, depth + 1);
      }
      json.end_object();
      return;
    }
  }
}
}  // namespace detail

inline std::string json_of(Input& input, const Vocabulary& words) {
  codec::JsonWriter json;
  detail::json_value(input, words, json, 0);
  return json.take();
}

}  // namespace farshore::fuzz
