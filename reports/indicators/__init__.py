"""Indicators of Quyết định 766/QĐ-TTg and Thông tư 01/2018/TT-VPCP: rules, values, the dossiers behind them."""
