// SPDX-License-Identifier: Apache-2.0
#include "codec/xml.h"

#include <gtest/gtest.h>

#include <string>

namespace farshore::codec {
namespace {

TEST(XmlWriter, WritesNestedElements) {
  XmlWriter xml;
  xml.declaration().open("Tagging").open("TagSet");
  xml.open("Tag").element("Key", "a").element("Size", 12).element("On", true).close();
  xml.element_if("Absent", std::optional<std::string>()).element_if("Present", std::optional<int>(3));
  EXPECT_EQ(xml.close().close().take(),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<Tagging><TagSet><Tag><Key>a</Key><Size>12</Size><On>true</On></Tag><Present>3</Present>"
            "</TagSet></Tagging>");
}

TEST(XmlWriter, EscapesTextAndReplacesWhatXmlCannotCarry) {
  XmlWriter xml;
  xml.element("K", std::string_view("<&>\"'\t\n\r\0\x01\x1f \xC3\xA4\xff\xEF\xBF\xBF", 18));
  EXPECT_EQ(xml.take(), "<K>&lt;&amp;&gt;&quot;'\t\n&#13;??? \xC3\xA4?" "?</K>");
}

TEST(XmlWriterDeathTest, UnclosedElementsAreNoticed) {
  XmlWriter open;
  open.open("A");
  EXPECT_DEATH((void)open.take(), "");
  EXPECT_DEATH(XmlWriter().close(), "");
}

TEST(Xml, ReadsWhatTheWriterWrote) {
  const std::string key = " a<b>&\"'\r\n\xE4\xB8\xAD]]>";
  XmlWriter xml;
  xml.declaration().open("Delete");
  xml.open("Object").element("Key", key).close();
  xml.open("Object").element("Key", " ").close();
  const auto document = parse_xml(xml.close().take());
  ASSERT_TRUE(document) << document.error().text();
  const auto objects = document->root().children("Object");
  ASSERT_EQ(objects.size(), 2u);
  EXPECT_EQ(objects[0].child("Key").text(), key);
  EXPECT_EQ(objects[1].child("Key").text(), " ");
}

TEST(Xml, IgnoresNamespacesPrefixesCommentsAndBlanks) {
  const auto document = parse_xml(
      "\xEF\xBB\xBF<?xml version='1.0'?>\n<!-- & --><o:Root xmlns:o='urn:x' xmlns=\"urn:y\">\n"
      "  <o:A>1<!-- no --><![CDATA[<&>]]>2</o:A>\n  <B/>\n</o:Root>\n");
  ASSERT_TRUE(document) << document.error().text();
  EXPECT_EQ(document->root().name(), "Root");
  EXPECT_EQ(document->root().child("A").text(), "1<&>2");
  EXPECT_TRUE(document->root().child("B"));
  EXPECT_EQ(document->root().child("B").text(), "");
  EXPECT_EQ(document->root().children().size(), 2u);
}

TEST(Xml, NothingReadsAsNothing) {
  const auto document = parse_xml("<A><B>x</B></A>");
  ASSERT_TRUE(document);
  const XmlNode none = document->root().child("C").child("D");
  EXPECT_FALSE(none);
  EXPECT_EQ(none.name(), "");
  EXPECT_EQ(none.text(), "");
  EXPECT_TRUE(none.children().empty());
  EXPECT_TRUE(none.children("E").empty());
}

TEST(Xml, ReferencesAreResolved) {
  const auto document = parse_xml("<K>&lt;&gt;&amp;&quot;&apos;&#65;&#x42;&#x4E2D;&#1;</K>");
  ASSERT_TRUE(document) << document.error().text();
  EXPECT_EQ(document->root().text(), "<>&\"'AB\xE4\xB8\xAD\x01");
}

TEST(Xml, MalformedDocumentsAreRefused) {
  for (const std::string text :
       {"", " ", "text", "<A>", "<A></B>", "<A><B></A></B>", "<A/><B/>", "<A/>text", "text<A/>", "<A>&unknown;</A>",
        "<A>&</A>", "<A>&amp</A>", "<A>&#0;</A>", "<A>&#xD800;</A>", "<A>&#x110000;</A>", "<A>&#;</A>", "<A>&#xg;</A>",
        "<A>\xff</A>", "<A", "<A b></A>", "<A b=1></A>", "<!DOCTYPE A><A/>",
        "<!DOCTYPE A [<!ENTITY e \"x\">]><A>&e;</A>", "<A><!DOCTYPE B></A>", "<![CDATA[x]]><A/>", "<A><![CDATA[x</A>",
        "<A><!-- x</A>", "<?xml version='1.0'?>", "</A>", "<A/></A>"}) {
    const auto document = parse_xml(text);
    ASSERT_FALSE(document) << text;
    EXPECT_EQ(document.error().code(), ErrorCode::kMalformedXML) << text;
  }
  EXPECT_FALSE(parse_xml(std::string_view("<A>\0</A>", 8)));
}

TEST(Xml, LimitsAreKept) {
  const std::string deep = "<A><B><C>x</C></B></A>";
  EXPECT_TRUE(parse_xml(deep, {.max_depth = 3}));
  EXPECT_FALSE(parse_xml(deep, {.max_depth = 2}));
  EXPECT_TRUE(parse_xml(deep, {.max_nodes = 4}));
  EXPECT_FALSE(parse_xml(deep, {.max_nodes = 3}));
  EXPECT_TRUE(parse_xml(deep, {.max_bytes = deep.size()}));
  EXPECT_FALSE(parse_xml(deep, {.max_bytes = deep.size() - 1}));
}

TEST(Xml, VeryDeepAndVeryWideDocumentsAreRefusedCheaply) {
  std::string deep;
  for (int i = 0; i < 100000; ++i) deep += "<A>";
  for (int i = 0; i < 100000; ++i) deep += "</A>";
  EXPECT_FALSE(parse_xml(deep, {.max_bytes = deep.size(), .max_nodes = 1000000}));
  std::string wide = "<A>";
  for (int i = 0; i < 50000; ++i) wide += "<B/>";
  EXPECT_FALSE(parse_xml(wide + "</A>"));
}

TEST(Xml, ADocumentMayMoveUnderItsNodes) {
  auto document = parse_xml("<A><B>x</B></A>");
  ASSERT_TRUE(document);
  const XmlNode node = document->root().child("B");
  const XmlDocument moved = *std::move(document);
  EXPECT_EQ(node.text(), "x");
  EXPECT_EQ(moved.root().name(), "A");
}

TEST(XmlReading, RequiredThingsNameTheMissingElement) {
  const auto document = parse_xml("<Rule><ID>r</ID><Days> 30 </Days><Bad>x</Bad><On>TRUE</On><Off>false</Off></Rule>");
  ASSERT_TRUE(document);
  EXPECT_TRUE(required_root(*document, "Rule"));
  EXPECT_FALSE(required_root(*document, "Rules"));
  const XmlNode rule = document->root();
  EXPECT_EQ(required_text(rule, "ID").value(), "r");
  const auto missing = required_text(rule, "Prefix");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code(), ErrorCode::kMalformedXML);
  EXPECT_EQ(missing.error().detail("element"), "Prefix");
  EXPECT_EQ(optional_text(rule, "ID"), "r");
  EXPECT_FALSE(optional_text(rule, "Prefix"));
  EXPECT_EQ(required_number<std::uint32_t>(rule, "Days").value(), 30u);
  EXPECT_FALSE(required_number<std::uint32_t>(rule, "Bad"));
  EXPECT_EQ(optional_number<std::uint32_t>(rule, "Absent").value(), std::nullopt);
  EXPECT_FALSE(optional_number<std::uint32_t>(rule, "Bad"));
  EXPECT_TRUE(optional_bool(rule, "On", false).value());
  EXPECT_FALSE(optional_bool(rule, "Off", true).value());
  EXPECT_TRUE(optional_bool(rule, "Absent", true).value());
  EXPECT_FALSE(optional_bool(rule, "Bad", true));
}

}  // namespace
}  // namespace farshore::codec
