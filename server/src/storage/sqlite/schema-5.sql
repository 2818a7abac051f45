-- What WeChat's code2session gave for this user: it signs wx.joinVoIPChat. As it came, in base64.
ALTER TABLE users ADD COLUMN session_key TEXT;
