"""Peerbot: a chatbot for organisations that offer peer support."""
