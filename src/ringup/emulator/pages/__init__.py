"""The pages that the phone's Directory and Services buttons show."""
