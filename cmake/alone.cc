// SPDX-License-Identifier: Apache-2.0
// The main of a program that only shows that one library links with what it declares (cmake/farshore.cmake).
int main() { return 0; }
