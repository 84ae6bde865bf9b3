"""The account at BookLore and Grimmory."""
