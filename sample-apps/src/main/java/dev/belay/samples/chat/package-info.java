/**
 * A chat in which the server speaks first. Lines come from {@link
 * dev.belay.samples.chat.ChatClient}, which half-closes its output at the end; {@link
 * dev.belay.samples.chat.ChatServer} echoes them with numbers and then sends a summary of all it
 * has received.
 */
package dev.belay.samples.chat;
